/* Keys of the staff desks. A control names its key in data-key; single letters are off while a field
   has the focus; F keys and Alt with a figure (data-alt) work everywhere. j and k walk through the rows (data-row), Enter opens the one that is marked; ? lists the keys of the page, Escape leaves a field. */
(function () {
  "use strict";
  var at = -1;
  function writing(target) { return target.closest("input, textarea, select, [contenteditable]"); }
  function rows() { return Array.from(document.querySelectorAll("[data-row]")); }
  function mark(step) {
    var all = rows();
    if (!all.length) return;
    if (at >= 0 && all[at]) all[at].classList.remove("is-here");
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    all[at].classList.add("is-here");
    all[at].scrollIntoView({ block: "nearest" });
  }
  function open() {
    var row = rows()[at];
    if (!row) return false;
    var link = row.matches("a") ? row : row.querySelector("[data-open]");
    if (link) link.click();
    return Boolean(link);
  }
  function press(key) {
    var control = document.querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (!control) return false;
    if (control.matches("input, select, textarea")) control.focus(); else control.click();
    return true;
  }
  function named(control) {
    if (control.labels && control.labels.length) return control.labels[0].textContent;
    var copy = control.cloneNode(true);
    copy.querySelectorAll("kbd").forEach(function (key) { key.remove(); });
    return copy.textContent.trim();
  }
  function add(list, key, words) {
    var term = document.createElement("dt"), told = document.createElement("dd"), mark = document.createElement("kbd");
    mark.className = "ms-kbd";
    mark.textContent = key.length === 1 ? key.toUpperCase() : key;
    told.textContent = words;
    term.append(mark);
    list.append(term, told);
  }
  function help(dialog) {
    var list = dialog.querySelector("dl"), seen = ["?"];
    dialog.querySelectorAll("[data-rows]").forEach(function (one) { one.hidden = !rows().length; });
    list.querySelectorAll(".is-found").forEach(function (one) { one.remove(); });
    document.querySelectorAll("[data-key]").forEach(function (control) {
      var key = control.dataset.key;
      if (seen.includes(key)) return;
      seen.push(key);
      add(list, key, named(control));
      Array.from(list.children).slice(-2).forEach(function (one) { one.classList.add("is-found"); });
    });
    dialog.showModal();
  }
  var dialog = document.getElementById("keys");
  document.querySelectorAll("[data-keys]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { help(dialog); });
  });
  /* A phrase goes where the cursor stands in its field. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-insert]");
    if (!button) return;
    var field = document.getElementById(button.dataset.insert), text = button.parentElement.querySelector("[data-text]").textContent;
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  document.addEventListener("keydown", function (event) {
    if (event.metaKey || (dialog && dialog.open)) return;
    if (event.altKey) {
      var offer = /^Digit\d$/.test(event.code) && document.querySelector('[data-alt="' + event.code.slice(5) + '"]');
      if (offer) { event.preventDefault(); offer.click(); }
      return;
    }
    if (/^F\d+$/.test(event.key) || (event.key === "Escape" && document.querySelector('[data-key="Escape"]'))) {
      if (press(event.key)) event.preventDefault();
      return;
    }
    if (event.ctrlKey) {
      if (event.key === "Enter" && press("Ctrl+Enter")) event.preventDefault();
      return;
    }
    if (writing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    var done = true;
    if (event.key === "j") mark(1);
    else if (event.key === "k") mark(-1);
    else if (event.key === "Enter" && !event.target.closest("a, button, summary")) done = open();
    else done = press(event.key.toLowerCase());
    if (done) event.preventDefault();
  });
})();
