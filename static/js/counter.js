// How much room is left in a field for words. Nothing is cut off: without this script the words beside the
// field say how many there may be, and whoever sends more is told so and keeps all of it.
(() => {
  "use strict";

  // So long after the last key it is said aloud: while somebody types, a screen reader stays quiet.
  const PAUSE = 1200;
  // From here on it is worth knowing.
  const NEARLY = 0.8;
  const number = new Intl.NumberFormat("en-GB");

  const characters = (count) => `${number.format(count)} character${count === 1 ? "" : "s"}`;

  // As the server counts: by characters, each new line one, without the spaces around.
  const length = (field) => [...field.value.normalize("NFC").trim()].length;

  const words = (left) => {
    if (left < 0) return `${characters(-left)} too many`;
    return `${characters(left)} left`;
  };

  const line = (className, role) => {
    const made = document.createElement("p");
    made.className = className;
    for (const [name, value] of Object.entries(role)) made.setAttribute(name, value);
    return made;
  };

  const follow = (field) => {
    const most = Number(field.dataset.most);
    const shown = line("kt-count", { "aria-hidden": "true" });
    const said = line("visually-hidden", { role: "status" });
    field.after(shown, said);
    let waiting;

    const count = () => {
      const used = length(field);
      const text = used > most * NEARLY ? words(most - used) : "";
      shown.textContent = text;
      shown.classList.toggle("kt-count--over", used > most);
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => {
        if (said.textContent !== text) said.textContent = text;
      }, PAUSE);
    };

    field.addEventListener("input", count);
    count();
  };

  for (const field of document.querySelectorAll("textarea[data-most]")) follow(field);
})();
