/* Every page works without this file; it only shortens.
   1 keys      an element with data-keys holds [data-proposal] parts. J and K go to the next and the previous one;
               any other key presses the element of the current part whose data-key names it (Enter, x, …),
               or moves to it where it is a field. A details[data-body] in the part opens when the part is reached.
   2 step      a part's data-source is the id of its place in the source; both are marked and scrolled together.
   3 effort    [data-effort=clicks] and [data-effort=typed] start from their own number and count on. A hidden
               field of that kind takes the count to the server.
   4 calendar  a text field with data-calendar="日历" gets the browser's calendar beside it.
   5 errors    the summary of errors takes the focus when the page opens.
   6 room      a textarea with data-grows has as many rows as its text needs.
   7 menu      where the menu is wider than the screen, the present place is scrolled into sight. */
(function () {
  "use strict";

  var TYPED = /^(INPUT|TEXTAREA|SELECT)$/;
  var ACTS_BY_ITSELF = /^(A|BUTTON|SUMMARY)$/;

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  function isField(element) {
    return TYPED.test(element.tagName) && element.type !== "checkbox" && element.type !== "radio";
  }

  // 1 and 2

  function sourceOf(part) {
    return document.getElementById(part.getAttribute("data-source") || "");
  }

  function scrollSourceTo(place) {
    var box = place.closest(".doc");
    if (!box || box.scrollHeight <= box.clientHeight) { return; }
    var gap = place.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += gap - box.clientHeight / 3;
  }

  function show(parts, chosen, moves) {
    parts.forEach(function (part) {
      var place = sourceOf(part);
      part.classList.toggle("cur", part === chosen);
      if (place) { place.classList.toggle("cur", part === chosen); }
    });
    all("details[data-body]", chosen).forEach(function (body) { body.open = true; });
    var here = sourceOf(chosen);
    if (here) { scrollSourceTo(here); }
    if (moves) {
      chosen.setAttribute("tabindex", "-1");
      chosen.focus({ preventScroll: true });
      chosen.scrollIntoView({ block: "nearest" });
    }
  }

  function currentOf(parts) {
    return parts.filter(function (part) { return part.classList.contains("cur"); })[0] || null;
  }

  function press(part, key) {
    var target = all("[data-key]", part).filter(function (element) {
      return element.getAttribute("data-key").toLowerCase() === key && !element.disabled;
    })[0];
    if (!target) { return false; }
    if (isField(target)) { target.focus(); } else { target.click(); }
    return true;
  }

  function onKey(parts, event) {
    var key = event.key.toLowerCase();
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (key === "escape" && isField(event.target)) { event.target.blur(); return; }
    if (isField(event.target)) { return; }
    if (key === "enter" && ACTS_BY_ITSELF.test(event.target.tagName)) { return; }
    var current = currentOf(parts);
    var step = { j: 1, k: -1 }[key];
    if (step) {
      var next = parts[current ? parts.indexOf(current) + step : 0];
      if (next) { show(parts, next, true); }
      event.preventDefault();
    } else if (current && press(current, key)) {
      event.preventDefault();
    }
  }

  function startKeys(root) {
    var parts = all("[data-proposal]", root);
    if (!parts.length) { return; }
    document.addEventListener("keydown", function (event) { onKey(parts, event); });
    parts.forEach(function (part) {
      part.addEventListener("focusin", function () {
        if (!part.classList.contains("cur")) { show(parts, part, false); }
      });
      var place = sourceOf(part);
      if (place) { place.addEventListener("click", function () { show(parts, part, true); }); }
    });
    var named = parts.filter(function (part) { return "#" + part.id === location.hash; })[0];
    show(parts, named || currentOf(parts) || parts[0], Boolean(named));
  }

  // 3

  function startEffort(root) {
    function count(kind) {
      all("[data-effort=" + kind + "]").forEach(function (element) {
        var holder = "value" in element ? "value" : "textContent";
        element[holder] = (parseInt(element[holder], 10) || 0) + 1;
      });
    }
    root.addEventListener("click", function (event) {
      if (event.isTrusted && event.target.closest("a, button, input, select, summary")) { count("clicks"); }
    });
    var seen = [];
    root.addEventListener("change", function (event) {
      if (isField(event.target) && seen.indexOf(event.target) < 0) {
        seen.push(event.target);
        count("typed");
      }
    });
  }

  // 4

  function addCalendar(field) {
    var calendar = document.createElement("input");
    if (field.disabled || field.readOnly) { return; }
    calendar.type = "date";
    if (calendar.type !== "date") { return; }
    calendar.className = "cal";
    calendar.setAttribute("aria-label", field.getAttribute("data-calendar"));
    calendar.value = field.value;
    calendar.addEventListener("change", function () {
      if (!calendar.value) { return; }
      field.value = calendar.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("change", function () { calendar.value = field.value; });
    field.insertAdjacentElement("afterend", calendar);
  }

  // 5

  function focusErrors() {
    var summary = document.querySelector(".errsum");
    if (summary) { summary.focus(); }
  }

  // 6

  function makeRoom(area) {
    while (area.scrollHeight > area.clientHeight && area.rows < 60) { area.rows += 1; }
  }

  function startRoom(area) {
    makeRoom(area);
    area.addEventListener("input", function () { makeRoom(area); });
  }

  // 7

  function showPlace(place) {
    var menu = place.parentElement;
    menu.scrollLeft = place.offsetLeft - menu.offsetLeft - (menu.clientWidth - place.offsetWidth) / 2;
  }

  all(".nav [aria-current]").forEach(showPlace);
  all("[data-grows]").forEach(startRoom);
  all("[data-keys]").forEach(function (root) {
    startEffort(root);
    startKeys(root);
  });
  all("[data-calendar]").forEach(addCalendar);
  focusErrors();
})();
