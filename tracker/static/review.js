/* The page on which a report is reviewed. It works without this file: forms do the same with more fields.
   1 selecting   words selected in the source can be taken for a problem, a measure, or for the current proposal.
   2 together    what others decide meanwhile comes in every few seconds; proposals in which something was typed
                 stay as they are.
   3 either or   choosing another post takes the choice from the suggested ones, and the other way round.
   4 opening     of a long report only the proposal one works on comes with its fields ([data-short] has none); those
                 of another are fetched when it is reached. */
(function () {
  "use strict";

  var form = document.getElementById("review");
  if (!form) { return; }
  var source = form.querySelector(".doc"), bar = document.getElementById("selected");
  var taken = null; // what is selected: {start, end, words}

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  function current() { return form.querySelector("[data-proposal].cur"); }

  function press(name, value) {
    var button = form.querySelector("button[name='" + name + "'][value='" + value + "']");
    if (button) { button.click(); }
  }

  form.addEventListener("input", function (event) {
    var part = event.target.closest("[data-proposal]");
    if (part) { part.setAttribute("data-dirty", ""); }
  });

  // 1: offsets are code points, as the server counts; a character outside the first plane is two units here

  function points(text) { return Array.from(text).length; }

  function within(span, node, offset, otherwise) {
    return span.contains(node) && node.nodeType === Node.TEXT_NODE ? offset : otherwise;
  }

  function stretch(range) {
    var spans = all("[data-at]", source).filter(function (span) { return range.intersectsNode(span); });
    var last = spans[spans.length - 1];
    if (last && spans.length > 1 && within(last, range.endContainer, range.endOffset, 1) === 0) { spans.pop(); }
    if (!spans.length) { return null; }
    var first = spans[0];
    last = spans[spans.length - 1];
    var from = within(first, range.startContainer, range.startOffset, 0);
    var to = within(last, range.endContainer, range.endOffset, last.textContent.length);
    var start = +first.getAttribute("data-at") + points(first.textContent.slice(0, from));
    var end = +last.getAttribute("data-at") + points(last.textContent.slice(0, to));
    return end > start ? { start: start, end: end, words: spans.map(function (span) {
      return span.textContent.slice(span === first ? from : 0, span === last ? to : undefined);
    }).join("") } : null;
  }

  function selected() {
    var chosen = window.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) { return null; }
    var range = chosen.getRangeAt(0);
    return source.contains(range.startContainer) && source.contains(range.endContainer) ? stretch(range) : null;
  }

  function placeBar() {
    var box = window.getSelection().getRangeAt(0).getBoundingClientRect();
    var room = document.documentElement;
    var top = box.bottom + 6, left = Math.max(8, Math.min(box.left, room.clientWidth - bar.offsetWidth - 8));
    if (top + bar.offsetHeight > room.clientHeight - 60) { top = Math.max(8, box.top - bar.offsetHeight - 6); }
    bar.style.top = top + "px";
    bar.style.left = left + "px";
  }

  function offer() {
    taken = selected();
    bar.hidden = !taken;
    if (!taken) { return; }
    var part = current(), kind = part && part.getAttribute("data-kind");
    var text = part && part.querySelector("textarea[name$='-text']");
    all("[data-use]", bar).forEach(function (button) {
      var use = button.getAttribute("data-use");
      button.hidden = (use === "join" || use === "statement") && !part || use === "remedy" && kind !== "problem"
        || use === "split" && !(text && text.value.indexOf(taken.words.trim(), 1) > 0);
    });
    placeBar();
  }

  function field(name) { return form.elements.namedItem(name); }

  function splitHere(part) {
    var words = taken.words.trim(), places = field(part.id + "-split");
    if (places.tagName === "SELECT") { places.add(new Option(words, words, true, true)); } else { places.value = words; }
    press("act", "split-" + part.getAttribute("data-proposal"));
  }

  function use(what) {
    var part = current();
    if (!taken) { return; }
    if (what === "split") { splitHere(part); return; }
    field("added").value = taken.words.trim();
    field("added_start").value = taken.start;
    field("added_end").value = taken.end;
    field("added_use").value = what;
    if (part && field("added_to")) { field("added_to").value = part.getAttribute("data-proposal"); }
    press("act", "add");
  }

  function startSelecting() {
    var later;
    document.addEventListener("selectionchange", function () {
      clearTimeout(later);
      later = setTimeout(offer, 120);
    });
    source.addEventListener("scroll", function () { if (taken) { placeBar(); } });
    bar.addEventListener("mousedown", function (event) { event.preventDefault(); });
    bar.addEventListener("click", function (event) {
      var button = event.target.closest("[data-use]");
      if (button) { use(button.getAttribute("data-use")); }
    });
    form.addEventListener("current", function () { if (taken) { offer(); } });
    all(".by-script").forEach(function (hint) { hint.hidden = false; });
  }

  // 2

  function isBusy(part) {
    return part.hasAttribute("data-dirty") || part.contains(document.activeElement)
      && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  }

  function put(fresh, here) {
    fresh = document.importNode(fresh, true);
    fresh.classList.toggle("cur", here.classList.contains("cur"));
    var was = here.querySelector("details[data-body]"), body = fresh.querySelector("details[data-body]");
    if (body) { body.open = was ? was.open : fresh.classList.contains("cur"); }
    here.replaceWith(fresh);
    fresh.dispatchEvent(new CustomEvent("added", { bubbles: true }));
    return fresh;
  }

  function takeIn(fresh) {
    var here = document.getElementById(fresh.id);
    if (!here || isBusy(here) || fresh.hasAttribute("data-short") && !here.hasAttribute("data-short")) { return; }
    put(fresh, here);
  }

  function parsed(html) { return new DOMParser().parseFromString(html, "text/html"); }

  function startTogether(news) {
    var since = news.getAttribute("data-since"), seconds = +news.getAttribute("data-seconds");
    news.addEventListener("click", function (event) {
      if (event.target.closest("[data-close]")) { news.textContent = ""; }
    });
    function again() { setTimeout(ask, seconds * 1000); }
    function learn(html) {
      var told = parsed(html).querySelector("[data-changes]");
      if (!told) { return !html.trim(); }
      news.textContent = "";
      news.appendChild(document.importNode(told.querySelector("[data-news]"), true));
      var heading = told.querySelector("[data-heading]");
      if (heading) { document.getElementById("open-count").textContent = heading.textContent; }
      all("[data-proposal]", told).forEach(takeIn);
      since = told.getAttribute("data-last") || since;
      if (!told.hasAttribute("data-regroups")) { field("as_of").value = since; }
      return !told.hasAttribute("data-ends");
    }
    function ask() {
      if (document.hidden) { again(); return; }
      fetch(news.getAttribute("data-poll") + "?since=" + since, { credentials: "same-origin" })
        .then(function (answer) {
          if (answer.redirected || answer.status === 404) { return null; }
          return answer.ok ? answer.text() : "";
        })
        .then(function (html) { if (html !== null && learn(html)) { again(); } }, again);
    }
    again();
  }

  // 3

  form.addEventListener("change", function (event) {
    var name = event.target.getAttribute("data-instead-of");
    if (name && event.target.value) {
      all("input[name='" + name + "']", form).forEach(function (choice) { choice.checked = false; });
    } else if (event.target.type === "radio") {
      all("select[data-instead-of='" + event.target.name + "']", form).forEach(function (other) { other.value = ""; });
    }
  });

  // 4

  function unfold(part) {
    if (!part.isConnected || !part.classList.contains("cur")) { return; }
    fetch(location.pathname + "?at=" + part.getAttribute("data-proposal"), { credentials: "same-origin" })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : ""; })
      .then(function (html) {
        var fresh = parsed(html).getElementById(part.id), focused = part === document.activeElement;
        if (!fresh || fresh.hasAttribute("data-short") || !part.isConnected) { return; }
        fresh = put(fresh, part);
        if (focused) {
          fresh.setAttribute("tabindex", "-1");
          fresh.focus({ preventScroll: true });
        }
      });
  }

  function reached(part) {
    if (part && part.hasAttribute("data-short")) { setTimeout(function () { unfold(part); }, 80); }
  }

  form.addEventListener("current", function (event) { reached(event.target); });
  reached(current());
  if (source && bar) { startSelecting(); }
  startTogether(document.getElementById("news"));
})();
