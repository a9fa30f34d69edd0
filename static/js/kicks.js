// The time page, made smoother, and the visitor's own time wherever one is told. Everything here also
// works without it: days are links, times radios, and a zone can be chosen (then nothing is marked).
(() => {
  "use strict";

  const UK = "Europe/London";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  // A formatter costs more than all that it will ever format here: one for each zone.
  const formats = new Map();
  const formatOf = (timeZone) => {
    if (!formats.has(timeZone)) {
      formats.set(timeZone, new Intl.DateTimeFormat("en-GB", {
        timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
      }));
    }
    return formats.get(timeZone);
  };

  // "2:30pm" and "Tue", as the clock on the wall says it in that zone.
  const clock = (date, timeZone) => {
    const parts = {};
    for (const { type, value } of formatOf(timeZone).formatToParts(date)) parts[type] = value;
    const hour = Number(parts.hour);
    const minute = parts.minute === "00" ? "" : `:${parts.minute}`;
    return { time: `${hour % 12 || 12}${minute}${hour < 12 ? "am" : "pm"}`, day: parts.weekday };
  };

  // Browsers name these towns as they were once spelt; the site's own list (zones.py) does not.
  const TODAY = {
    Asmera: "Asmara", Calcutta: "Kolkata", "Coral Harbour": "Atikokan", Enderbury: "Kanton",
    Faeroe: "Faroe", Godthab: "Nuuk", Katmandu: "Kathmandu", Kiev: "Kyiv", Ponape: "Pohnpei",
    Rangoon: "Yangon", Saigon: "Ho Chi Minh", Truk: "Chuuk",
  };

  // "America/New_York" -> "in New York", "UTC" -> "in UTC"; "Etc/GMT+3" reads backwards, so "your time".
  const town = () => {
    const last = zone.split("/").pop().replaceAll("_", " ");
    const name = TODAY[last] || last;
    return zone.startsWith("Etc/") ? "your time" : `in ${name}`;
  };

  // The visitor's own time after the UK time, never instead; nothing when both clocks agree.
  const showOwnTimes = (root) => {
    if (!zone || zone === UK) return;
    for (const mark of root.querySelectorAll("[data-uk-instant]")) {
      const date = new Date(Number(mark.dataset.ukInstant) * 1000);
      if (formatOf(zone).format(date) === formatOf(UK).format(date)) continue;
      const uk = clock(date, UK);
      const own = clock(date, zone);
      const line = document.createElement("small");
      line.textContent = `${own.time}${own.day === uk.day ? "" : ` ${own.day}`} ${town()}`;
      mark.after(" ", line);
      mark.removeAttribute("data-uk-instant");
    }
  };

  // A new day was swapped in: mark it in the strip, then take the reader to its heading.
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id !== "times") return;
    const day = detail.requestConfig && detail.requestConfig.elt;
    if (day && day.matches("a.kt-day")) {
      document.querySelector("a.kt-day[aria-current]")?.removeAttribute("aria-current");
      day.setAttribute("aria-current", "date");
    }
    const times = document.getElementById("times");
    times.removeAttribute("aria-busy");
    showOwnTimes(times);
    document.getElementById("times-h")?.focus();
  });

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target.id === "times") detail.target.setAttribute("aria-busy", "true");
  });

  // The part could not be fetched, or the answer has no times: follow the link as if without script.
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, ({ detail }) => {
      if (detail.elt.href) window.location.assign(detail.elt.href);
    });
  }
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "times" || detail.xhr.responseText.includes('id="times"')) return;
    detail.shouldSwap = false;
    const { elt } = detail.requestConfig;
    if (elt.href) window.location.assign(elt.href);
  });

  showOwnTimes(document);
})();
