/* The telephone desk: the form is kept as a draft every few seconds, when a field is left and when the
   window goes; a call that comes in fills the number of an empty form; what was heard is taken over. */
(function () {
  "use strict";
  var EVERY = 3000;
  var form = document.getElementById("call");
  if (!form) return;
  var caller = document.getElementById("caller"), callId = document.getElementById("call-id"), said = document.getElementById("kept");
  var kept = content(), sending = false, sent = false;
  document.querySelectorAll("[data-unscripted]").forEach(function (one) { one.hidden = true; });

  function content() {
    var fields = new FormData(form);
    fields.delete("csrf_token");
    return new URLSearchParams(fields).toString();
  }
  function save(leaving) {
    var now = content();
    if (sent || (sending && !leaving) || now === kept) return Promise.resolve();
    sending = true;
    return fetch(form.dataset.save, { method: "POST", body: new FormData(form), keepalive: leaving, credentials: "same-origin" })
      .then(function (answer) { return answer.text().then(function (words) {
        if (answer.ok) kept = now;
        if (answer.status < 500) said.textContent = words.trim();
      }); })
      .catch(function () { /* the line is down; the next saving tries again */ })
      .then(function () { sending = false; });
  }
  setInterval(function () { save(false); }, EVERY);
  form.addEventListener("focusout", function () { save(false); });
  caller.addEventListener("focusout", function () { save(false); });
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") save(true); });
  window.addEventListener("pagehide", function () { save(true); });
  form.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (button && button.hasAttribute("data-save-now")) {
      event.preventDefault();
      kept = "";
      save(false);
      return;
    }
    if (button && button.dataset.needs) {
      var needed = document.getElementById(button.dataset.needs);
      if (!needed.value.trim()) { event.preventDefault(); needed.focus(); return; }
    }
    sent = true;
  });

  function put(field, value) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-fill]");
    if (!button) return;
    var name = button.dataset.fill, heard = document.querySelector('[data-heard="' + name + '"]');
    if (heard) { put(document.getElementById(name), heard.textContent); document.getElementById(name).focus(); }
  });
  /* A call is taken over only into a form nobody has begun. */
  function takeCall() {
    var call = document.querySelector("[data-incoming]");
    if (!call || callId.value || caller.value || document.getElementById("matter").value) return;
    callId.value = call.dataset.incoming;
    put(caller, call.dataset.number);
    document.getElementById("matter").focus();
  }
  document.body.addEventListener("htmx:afterSettle", takeCall);
  takeCall();
})();
