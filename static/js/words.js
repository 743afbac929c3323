// What scripts say, in the language of the page. A sentence is written in French where it is said; in English, it is looked up in
// what is made from the catalogue (`ops/words.py`), which a page in French does not load.

export const language = document.documentElement.lang;
const english = language === "fr" ? {} : (await import("../bundles/words.en.js")).default;

// The whole sentence, its holes filled in: { name } goes where {name} is.
export const said = (sentence, values = {}) => (english[sentence] ?? sentence).replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);

// « 3 réponses »: as `agreed` in `foundation/core/language.py`.
export const agreed = (count, forms) => {
  const [one, many] = (english[forms] ?? forms).split(",");
  return `${count} ${(language === "fr" ? Math.abs(count) < 2 : count === 1) ? one : many}`;
};
