/* Answers as one types. The page works without: this sends the same form, puts its answers in place, and says how many there are. */
const form = document.querySelector("[data-ask]");
const field = form.querySelector("input[type=search]");
const told = form.querySelector("[data-told]");
const PAUSE = 220;
let waiting = 0;
let asked = null;

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-answers]");
    if (!found) return;
    document.querySelector("[data-answers]").replaceWith(document.importNode(found, true));
    document.title = page.title;
    told.textContent = found.querySelector("[data-count]").textContent;
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") form.dataset.offline = "1"; // the network is cut: the button still sends the form
  }
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
});
