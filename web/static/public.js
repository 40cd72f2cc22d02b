/* Citizens' pages work without this file. What only a script can do is hidden until it runs. */
(function () {
  "use strict";
  document.querySelectorAll("[data-print][hidden]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
