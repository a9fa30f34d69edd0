// The way out of a page that is nobody else's business. Without it the link still leads away; the
// session then ends with "I’ve finished on this device".
(() => {
  "use strict";

  const FINISHED = "kicks-finished";
  const heard = "BroadcastChannel" in window ? new BroadcastChannel(FINISHED) : null;
  const away = document.querySelector("[data-leave]");

  // The token of a form here, or the browser's: with neither there is no session to be ended.
  const token = () =>
    document.querySelector("input[name=csrfmiddlewaretoken]")?.value ??
    document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];

  const hide = () => {
    document.documentElement.hidden = true;
    document.title = " ";
  };

  // Without its fragment: to the same page with one the browser would only scroll.
  const anew = () => {
    hide();
    window.location.replace(window.location.href.split("#")[0]);
  };

  // Nothing of the page may be seen meanwhile, nor come back: its place in the history is taken.
  away?.addEventListener("click", (event) => {
    event.preventDefault();
    hide();
    const proof = token();
    if (proof) {
      const body = new URLSearchParams({ csrfmiddlewaretoken: proof });
      fetch(away.dataset.leave, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
      heard?.postMessage(FINISHED);
    }
    window.location.replace(away.href);
  });

  // Other tabs of the same person close with this one.
  if (heard) heard.onmessage = anew;
  if (document.querySelector("[data-finished]")) heard?.postMessage(FINISHED);

  // A browser that kept the whole page, as it was, shows it again for the Back button: ask anew.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) anew();
  });
})();
