// Comfort only: without this file an archive is sent with its form, and the page is drawn again with what it answers.
// With it, an archive sent in pieces is put in place once received: the page says at once which scenarios it answers.

document.addEventListener("deposit:drawn", (event) => {
  if (event.detail.address && !document.querySelector(".cv-transfer progress")) location.assign(event.detail.address);
});
document.querySelector("[data-focus]")?.focus();
