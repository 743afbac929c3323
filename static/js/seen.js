// Comfort only: without this file, a button says that what is on the page was read, or seen.
// With it, what was on the screen is said to be by itself, and the button goes.

const form = document.querySelector("[data-read]");

const say = async () => {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.ok) form.hidden = true;
};

if (form) {
  // Only once someone is there: a tab opened behind others was not read.
  const read = () => { if (document.visibilityState === "visible") { document.removeEventListener("visibilitychange", read); say().catch(() => {}); } };
  document.addEventListener("visibilitychange", read);
  read();
}
document.querySelector("[data-focus]")?.focus();
