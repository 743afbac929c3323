// Comfort only: a file that comes moves the count of the bar, and a link to something folded unfolds it.

const form = document.getElementById("section");

document.addEventListener("deposit:drawn", ({ detail }) => {
  const count = form.querySelector("[data-answered]");
  if (detail.answered !== undefined) count.textContent = detail.answered;
});

// On a telephone the contents are folded: the page is what they lead to.
const contents = form.querySelector("[data-fold-on-phone]");
if (matchMedia("(max-width: 61.99em)").matches) contents.open = false;

const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details.cv-crit");
  if (!folded || folded.open) return;
  folded.open = true;
  target.scrollIntoView();
};
window.addEventListener("hashchange", unfold);
unfold();
document.querySelector("[data-focus]")?.focus();
