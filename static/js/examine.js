// Comfort only: single keys, off until someone turns them on (they would fight with a screen reader), never in a field.

const KEPT = "cv-examine-keys";
const toggle = document.getElementById("touches");
document.querySelector("[data-focus]")?.focus();

const ways = [...document.querySelectorAll(".cv-desk__list a[href*='exigence=']")];
const step = (by) => {
  const here = ways.findIndex((one) => one.hasAttribute("aria-current"));
  ways[here + by]?.click();
};
const choose = (rank) => document.querySelectorAll("#avis [name=outcome]")[rank]?.click();
const keys = { j: () => step(1), k: () => step(-1), 1: () => choose(0), 2: () => choose(1), 3: () => choose(2) };

if (toggle) {
  toggle.closest("[hidden]").hidden = false;
  toggle.checked = localStorage.getItem(KEPT) === "1";
  toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "1" : "0"));
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    keys[event.key.toLowerCase()]?.();
  });
}
// A reason brings its sentence, where nothing was written yet.
document.getElementById("avis-motif")?.addEventListener("change", ({ target }) => {
  const text = document.getElementById("avis-texte");
  const sentence = target.selectedOptions[0]?.dataset.template;
  if (sentence && !text.value.trim()) text.value = sentence;
});
