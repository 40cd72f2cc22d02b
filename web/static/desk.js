/* Keys of the staff desks. A control names its key in data-key; single letters are off while a field
   has the focus. j and k walk through the rows (data-row), Enter opens the one that is marked. */
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
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      if (event.key === "Enter" && press("Ctrl+Enter")) event.preventDefault();
      return;
    }
    if (writing(event.target)) return;
    var done = true;
    if (event.key === "j") mark(1);
    else if (event.key === "k") mark(-1);
    else if (event.key === "Enter" && !event.target.closest("a, button, summary")) done = open();
    else done = press(event.key.toLowerCase());
    if (done) event.preventDefault();
  });
})();
