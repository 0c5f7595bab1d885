/* Every page works without this file; it only shortens.
   1 keys      an element with data-keys holds [data-proposal] parts. J and K go to the next and the previous one;
               any other key presses the element of the current part, else of the page, whose data-key names it
               (Enter, x, …), or moves to it where it is a field or has data-reach. A details[data-body] in the part
               opens when the part is reached, those of the others close.
   2 step      the marks with data-of and the mark that a part's data-source names are its places in the source;
               part and places are marked and scrolled together, whichever is clicked.
   3 effort    [data-effort=clicks] and [data-effort=typed] start from their own number and count on: clicks and
               keys that act, and fields that were typed in. A hidden field of that kind takes the count along.
   4 calendar  a text field with data-calendar="日历" gets the browser's calendar beside it.
   5 errors    the summary of errors takes the focus when the page opens.
   6 room      a textarea with data-grows has as many rows as its text needs.
   7 menu      where the menu is wider than the screen, the present place is scrolled into sight.
   8 files     what is dropped on a .drop goes into its field; the chosen names and how far the sending is stand there.
               What is larger than data-most, or makes the form larger than data-most-of-form, is said at the field
               and not sent; what the server does not take leaves the form as it is.
   9 picks     a box with data-picks="name" ticks every box of that name in its form; it shows only with this file.
   What is put into a page later announces itself by the event "added" on its element. */
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

  function isReached(element) { return isField(element) || element.hasAttribute("data-reach"); }

  // 1 and 2

  function sourceOf(part) {
    return document.getElementById(part.getAttribute("data-source") || "");
  }

  function placesOf(part) {
    var own = all("mark[data-of='" + part.id + "']"), over = sourceOf(part);
    return over && own.indexOf(over) < 0 ? own.concat(over) : own;
  }

  function scrollSourceTo(place) {
    var box = place.closest(".doc");
    if (!box || box.scrollHeight <= box.clientHeight) { return; }
    var gap = place.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += gap - box.clientHeight / 3;
  }

  function openOnly(parts, chosen) {
    var top = chosen.getBoundingClientRect().top;
    parts.forEach(function (part) {
      all("details[data-body]", part).forEach(function (body) {
        if (part === chosen) { body.open = true; } else if (!part.hasAttribute("data-dirty")) { body.open = false; }
      });
    });
    window.scrollBy(0, chosen.getBoundingClientRect().top - top);
  }

  function show(parts, chosen, moves) {
    all("mark.cur").forEach(function (place) { place.classList.remove("cur"); });
    parts.forEach(function (part) { part.classList.toggle("cur", part === chosen); });
    placesOf(chosen).forEach(function (place) { place.classList.add("cur"); });
    openOnly(parts, chosen);
    var here = sourceOf(chosen) || placesOf(chosen)[0];
    if (here) { scrollSourceTo(here); }
    if (moves) {
      chosen.setAttribute("tabindex", "-1");
      chosen.focus({ preventScroll: true });
      chosen.scrollIntoView({ block: "nearest" });
    }
    chosen.dispatchEvent(new CustomEvent("current", { bubbles: true }));
  }

  function currentOf(parts) {
    return parts.filter(function (part) { return part.classList.contains("cur"); })[0] || null;
  }

  function unfold(element) {
    for (var fold = element.closest("details"); fold; fold = fold.parentNode.closest("details")) {
      if (element.tagName !== "SUMMARY" || fold !== element.parentNode) { fold.open = true; }
    }
  }

  function press(elements, key) {
    var target = elements.filter(function (element) {
      return element.getAttribute("data-key").toLowerCase() === key && !element.disabled;
    })[0];
    if (!target) { return false; }
    unfold(target);
    target.dispatchEvent(new CustomEvent("pressed", { bubbles: true })); // first: what is sent has the count in it
    if (isReached(target)) { target.focus(); } else { target.click(); }
    return true;
  }

  function onKey(root, event) {
    var key = event.key.toLowerCase();
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (key === "escape" && isField(event.target)) { event.target.blur(); return; }
    if (isField(event.target)) { return; }
    if (key === "enter" && ACTS_BY_ITSELF.test(event.target.tagName)) { return; }
    var parts = all("[data-proposal]", root), current = currentOf(parts);
    var step = { j: 1, k: -1 }[key];
    if (step) {
      var next = parts[current ? parts.indexOf(current) + step : 0];
      var turn = root.querySelector("[data-turn='" + key + "']"); // a long list goes on on another page
      if (next) { show(parts, next, true); } else if (turn) { turn.click(); }
      event.preventDefault();
      return;
    }
    var ofPage = all("[data-key]", root).filter(function (element) { return !element.closest("[data-proposal]"); });
    if (press(current ? all("[data-key]", current) : [], key) || press(ofPage, key)) { event.preventDefault(); }
  }

  function startKeys(root) {
    var parts = all("[data-proposal]", root);
    if (!parts.length) { return; }
    function reach(event) {
      var part = event.target.closest("[data-proposal]");
      if (part && !part.classList.contains("cur")) { show(all("[data-proposal]", root), part, false); }
    }
    document.addEventListener("keydown", function (event) { onKey(root, event); });
    root.addEventListener("focusin", reach);
    root.addEventListener("click", function (event) {
      var place = event.target.closest("mark[data-of]");
      var part = place && document.getElementById(place.getAttribute("data-of"));
      if (part && String(window.getSelection()) === "") {
        show(all("[data-proposal]", root), part, true);
        event.preventDefault();
      } else if (!event.defaultPrevented) {
        reach(event);
      }
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
      if (event.isTrusted && event.target.closest("a, button, input, select, summary, mark, h3")) { count("clicks"); }
    });
    root.addEventListener("pressed", function (event) {
      if (!isReached(event.target)) { count("clicks"); }
    });
    var seen = [];
    root.addEventListener("change", function (event) {
      var typed = isField(event.target) && event.target.tagName !== "SELECT" && event.target.type !== "file";
      if (typed && event.isTrusted && seen.indexOf(event.target) < 0) {
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

  // 9

  function startPicks(box) {
    box.hidden = false;
    box.addEventListener("change", function () {
      all("input[name=" + box.getAttribute("data-picks") + "]", box.form).forEach(function (one) {
        one.checked = box.checked;
      });
    });
  }

  all("[data-picks]").forEach(startPicks);
  all(".nav [aria-current]").forEach(showPlace);
  all("[data-grows]").forEach(startRoom);
  all("[data-keys]").forEach(function (root) {
    startEffort(root);
    startKeys(root);
  });
  all("[data-calendar]").forEach(addCalendar);
  document.addEventListener("added", function (event) { all("[data-calendar]", event.target).forEach(addCalendar); });
  focusErrors();

  // 8

  function showNames(field) {
    var place = field.parentNode, list = place.querySelector("ul") || place.appendChild(document.createElement("ul"));
    list.textContent = "";
    Array.prototype.forEach.call(field.files, function (file) {
      list.appendChild(document.createElement("li")).textContent = file.name + "（" + Math.ceil(file.size / 1024) + " KB）";
    });
  }

  function megabytes(bytes) { return Math.ceil(bytes / 1048576 * 10) / 10; }

  function sizeOf(form) {
    var sum = 0;
    new FormData(form).forEach(function (value) { sum += 300 + (value instanceof File ? value.size : new Blob([value]).size); });
    return sum;
  }

  function tooLarge(field) {
    var form = field.form, large = Array.prototype.filter.call(field.files, function (file) {
      return file.size > Number(field.getAttribute("data-most"));
    })[0];
    if (large) { return field.getAttribute("data-too-large").replace("{name}", large.name).replace("{size}", megabytes(large.size)); }
    var sum = form && field.files.length ? sizeOf(form) : 0;
    return sum > Number(field.getAttribute("data-most-of-form")) ? field.getAttribute("data-too-much").replace("{size}", megabytes(sum)) : "";
  }

  function sayAt(field, words) {
    var place = field.closest(".field") || field.parentNode, said = document.getElementById(field.id + "-size");
    if (said) { said.remove(); }
    place.classList.toggle("bad", Boolean(words));
    field.setAttribute("aria-invalid", words ? "true" : "false");
    if (!words) { return; }
    said = document.createElement("span");
    said.className = "msg";
    said.id = field.id + "-size";
    said.setAttribute("role", "alert");
    said.textContent = words;
    place.insertBefore(said, field.closest(".drop") || field);
    said.scrollIntoView({ block: "center" });
  }

  function sendWithProgress(form, submitter) {
    var field = form.querySelector(".drop input");
    var request = new XMLHttpRequest(), bar = document.createElement("progress"), body = new FormData(form);
    if (submitter && submitter.name) { body.append(submitter.name, submitter.value); }
    bar.max = 1;
    form.querySelector(".drop").appendChild(bar);
    request.open("POST", form.action);
    request.upload.onprogress = function (event) { if (event.lengthComputable) { bar.value = event.loaded / event.total; } };
    request.onload = function () {
      if (request.status === 413) { bar.remove(); sayAt(field, field.getAttribute("data-too-much").replace("{size}", megabytes(sizeOf(form)))); return; }
      history.replaceState(null, "", request.responseURL || form.action);
      document.open();
      document.write(request.responseText);
      document.close();
    };
    request.onerror = function () { bar.remove(); sayAt(field, field.getAttribute("data-not-sent")); };
    request.send(body);
  }

  all(".drop input").forEach(function (field) {
    var place = field.parentNode, form = field.form;
    field.addEventListener("change", function () { showNames(field); sayAt(field, tooLarge(field)); });
    if (form) {
      form.addEventListener("submit", function (event) {
        var words = tooLarge(field);
        if (words) { event.preventDefault(); event.stopImmediatePropagation(); }
        if (words || document.getElementById(field.id + "-size")) { sayAt(field, words); }
      });
    }
    ["dragover", "dragleave", "drop"].forEach(function (name) {
      place.addEventListener(name, function (event) {
        event.preventDefault();
        place.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) {
          field.files = event.dataTransfer.files;
          showNames(field);
          sayAt(field, tooLarge(field));
        }
      });
    });
    if (form && form.hasAttribute("data-progress")) {
      form.addEventListener("submit", function (event) {
        if (!field.files.length) { return; }
        event.preventDefault();
        sendWithProgress(form, event.submitter);
      });
    }
  });
})();
