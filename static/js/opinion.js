/* « Cette page vous a-t-elle été utile ? » in place, and the proof of every form that anyone may send. Without this file the same forms are pages
   of their own, and leave without their proof. */
import { said } from "./words.js";

/** The number the challenge was made from, tried one by one; a hundred at a time, so that the page stays quick. */
async function solve(challenge) {
  const encoder = new TextEncoder();
  const digest = async (number) => {
    const bytes = await crypto.subtle.digest(challenge.algorithm, encoder.encode(challenge.salt + number));
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  for (let start = 0; start <= challenge.maxnumber; start += 100) {
    const numbers = Array.from({ length: 100 }, (_, rank) => start + rank);
    const digests = await Promise.all(numbers.map(digest));
    const rank = digests.indexOf(challenge.challenge);
    if (rank >= 0) {
      const { algorithm, challenge: asked, salt, signature } = challenge;
      return btoa(JSON.stringify({ algorithm, challenge: asked, number: numbers[rank], salt, signature }));
    }
  }
  return "";
}

/** The proof is worked out while the form is filled in, and put in it before it leaves. Where the browser cannot compute, it leaves without. */
const proofs = new WeakMap();

function begin(form) {
  const asked = form.dataset.challenge;
  if (asked && globalThis.crypto?.subtle && !proofs.has(form)) proofs.set(form, solve(JSON.parse(asked)).catch(() => ""));
}

async function prove(form) {
  begin(form);
  if (!proofs.has(form)) return;
  const told = form.querySelector("[data-proof]");
  if (told) told.textContent = said("Calcul en cours…");
  form.elements.altcha.value = await proofs.get(form);
}

function renamed(form, suffix) {
  for (const one of form.querySelectorAll("[id]")) one.id += suffix;
  for (const one of form.querySelectorAll("[for]")) one.htmlFor += suffix;
  for (const one of form.querySelectorAll("[aria-labelledby]")) one.setAttribute("aria-labelledby", one.getAttribute("aria-labelledby") + suffix);
}

async function show(address, options, place) {
  const answer = await fetch(address, options);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("[data-opinion-form], [data-opinion-said]");
  if (!found) throw new Error(String(answer.status));
  const shown = document.importNode(found, true);
  renamed(shown, place.dataset.place);
  if (shown.matches("[data-opinion-said]")) shown.querySelector("a")?.closest("p")?.remove();
  place.replaceChildren(shown);
  shown.setAttribute("tabindex", "-1");
  shown.focus({ preventScroll: true });
  if (shown.matches("form")) listen(shown, place);
}

function listen(form, place) {
  form.addEventListener("focusin", () => begin(form), { once: true });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    await prove(form);
    if (place) {
      const sent = { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } };
      await show(form.action, sent, place).catch(() => leave(form, button));
    } else leave(form, button);
  });
}

/** Send the form as it stands: its proof is in it, and nothing is asked of it again. */
function leave(form, button) {
  button.disabled = false;
  HTMLFormElement.prototype.submit.call(form);
}

document.querySelectorAll("form[data-opinion]").forEach((ask, rank) => {
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    const place = document.createElement("div");
    place.dataset.place = `-${rank + 1}`;
    const address = `${ask.action}?${new URLSearchParams(new FormData(ask, event.submitter))}`;
    show(address, { headers: { Accept: "text/html" } }, place)
      .then(() => {
        ask.replaceWith(place);
        place.firstElementChild.focus({ preventScroll: true });
      })
      .catch(() => location.assign(address));
  });
});
document.querySelectorAll("main form[data-challenge]").forEach((form) => listen(form, null));
