// What unfold's scripts would write into the page: styles, which the policy forbids, and words.
(() => {
  "use strict";

  // Whoever chose light or dark for unfold's pages chose it for ours: their colours go by an attribute.
  const html = document.documentElement;
  const follow = () => { html.dataset.bsTheme = html.classList.contains("dark") ? "dark" : "light"; };
  new MutationObserver(follow).observe(html, { attributeFilter: ["class"] });

  // htmx asks when the page is there; unfold's own sheet shows what is under way.
  if (window.htmx) window.htmx.config.includeIndicatorStyles = false;

  // Unfold makes a new row of a form, and the rows behind one that goes, anew from their own markup. What
  // Alpine has hidden by then bears a style. It goes first: Alpine hides anew what is made anew.
  document.addEventListener("click", ({ target }) => {
    const formset = target.closest?.(".formset");
    if (!formset) return;
    const rows = target.closest(".add-row")
      ? formset.querySelectorAll(":scope > .empty-form")
      : target.closest(".delete-template")
        ? formset.querySelectorAll(":scope > .form-group")
        : [];
    const gone = target.closest(".delete-template")?.closest(".form-group");
    for (const row of rows) {
      const isMadeAnew = !gone || gone.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (!isMadeAnew) continue;
      for (const one of row.querySelectorAll("[style]")) one.removeAttribute("style");
    }
  }, true);

  // Where a file is chosen unfold writes its name into the next field for words, which is none of its own
  // on our page of a picture.
  document.addEventListener("change", (event) => {
    if (event.target.matches(".kt-file")) event.stopImmediatePropagation();
  }, true);
})();
