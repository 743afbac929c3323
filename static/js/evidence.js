// Comfort only: without this file a file is chosen, then sent with the form by its button.
// What it adds: a file leaves as soon as it is chosen, in pieces, and goes on after a cut; its slot says where it stands.

const form = document.querySelector("[data-takes-files]");
const PIECE = 4 * 1024 * 1024; // bytes sent again, at most, after a cut
const WAITS = [1, 3, 10, 30, 60]; // seconds between two tries
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
const tus = { "Tus-Resumable": "1.0.0", Accept: "application/json" };
const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });
const weight = (bytes) => {
  const units = ["octets", "Ko", "Mo", "Go"];
  let value = bytes;
  let rank = 0;
  while (value >= 1000 && rank < 3) { value /= 1000; rank += 1; }
  return `${(rank > 1 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0)).replace(".", ",")} ${units[rank]}`;
};
let under = 0;

class Refusal extends Error {}
const refusal = async (answer) => new Refusal((await answer.json().catch(() => ({}))).title || "Le dépôt a été refusé. Rechargez la page, puis réessayez.");

// A transfer under way is kept by what is chosen and where it goes: the same file chosen again goes on from there.
const keyOf = (file, about) => `convergence:depot:${about}:${file.name}:${file.size}:${file.lastModified}`;

const begun = async (file, about) => {
  const known = localStorage.getItem(keyOf(file, about));
  if (known) {
    const answer = await fetch(known, { method: "HEAD", headers: tus });
    if (answer.ok) return { address: known, offset: Number(answer.headers.get("Upload-Offset")) };
    localStorage.removeItem(keyOf(file, about));
  }
  const told = `filename ${encoded(file.name)},about ${encoded(about)}`;
  const answer = await fetch("/depots/", { method: "POST", headers: { ...tus, "X-CSRFToken": token(), "Upload-Length": String(file.size), "Upload-Metadata": told } });
  if (!answer.ok) throw await refusal(answer);
  const address = new URL(answer.headers.get("Location")).pathname;
  localStorage.setItem(keyOf(file, about), address);
  return { address, offset: 0 };
};

const send = async (file, about, shown) => {
  let tries = 0;
  for (;;) {
    try {
      const { address, offset } = await begun(file, about);
      let sent = offset;
      shown.progress(sent, file.size);
      while (sent < file.size) {
        if (shown.stopped) { await shown.resumed; }
        const answer = await fetch(address, {
          method: "PATCH",
          headers: { ...tus, "X-CSRFToken": token(), "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(sent) },
          body: file.slice(sent, sent + PIECE),
        });
        if (answer.status === 409) { sent = Number(answer.headers.get("Upload-Offset")); continue; }
        if (!answer.ok) { if (answer.status < 500) throw await refusal(answer); throw new Error(answer.status); }
        sent = Number(answer.headers.get("Upload-Offset"));
        tries = 0;
        shown.progress(sent, file.size);
      }
      localStorage.removeItem(keyOf(file, about));
      return address.split("/").filter(Boolean).pop();
    } catch (error) {
      if (error instanceof Refusal) { localStorage.removeItem(keyOf(file, about)); throw error; }
      if (tries >= WAITS.length) throw new Refusal("Le réseau ne répond plus. Choisissez de nouveau le fichier : l’envoi reprendra où il en était.");
      shown.waits(WAITS[tries]);
      await pause(WAITS[tries]);
      tries += 1;
    }
  }
};

// The line of a file on its way, in its slot.
const line = (slot, file) => {
  const box = document.createElement("div");
  box.className = "cv-file";
  const words = document.createElement("div");
  const name = Object.assign(document.createElement("p"), { className: "cv-file__name", textContent: file.name });
  const state = Object.assign(document.createElement("p"), { className: "fr-mb-0 fr-text--sm" });
  state.setAttribute("role", "status");
  const bar = Object.assign(document.createElement("progress"), { className: "cv-progress", max: file.size || 1, value: 0 });
  bar.setAttribute("aria-label", `Envoi de ${file.name}`);
  const stop = Object.assign(document.createElement("button"), { type: "button", className: "fr-btn fr-btn--sm fr-btn--tertiary", textContent: "Suspendre" });
  words.append(name, state, bar);
  box.append(words, stop);
  const files = slot.querySelector("[data-files]");
  files.querySelector(":scope > .cv-mention")?.remove();
  files.append(box);
  let release = () => {};
  const shown = {
    box,
    stopped: false,
    resumed: null,
    progress: (sent, whole) => { bar.value = sent; if (!shown.stopped) state.textContent = `Envoi en cours : ${weight(sent)} sur ${weight(whole)}`; },
    waits: (seconds) => { state.textContent = `Envoi interrompu : nouvel essai dans ${seconds} s. Ce qui est envoyé est gardé.`; },
    fails: (reason) => { state.className = "fr-error-text fr-mb-0"; state.textContent = reason; bar.remove(); stop.remove(); },
  };
  stop.addEventListener("click", () => {
    shown.stopped = !shown.stopped;
    stop.textContent = shown.stopped ? "Reprendre" : "Suspendre";
    if (shown.stopped) { shown.resumed = new Promise((done) => { release = done; }); state.textContent = "Envoi suspendu."; } else release();
  });
  return shown;
};

const place = async (slot, input, reference) => {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token());
  body.set("file", reference);
  const button = slot.querySelector("[data-deposit]");
  const answer = await fetch(button.getAttribute("formaction"), { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
};

// The slots of the criterion are drawn again by the server; those with another file still on its way wait for it.
const redraw = (slot, told) => {
  const drawn = new DOMParser().parseFromString(told.drawn, "text/html");
  for (const fresh of drawn.querySelectorAll(".cv-slot")) {
    const stale = document.getElementById(fresh.id);
    if (!stale || stale.dataset.sending > 0) continue;
    const typed = stale.contains(document.activeElement) ? document.activeElement.id : "";
    stale.replaceWith(document.adoptNode(fresh));
    if (typed) document.getElementById(typed)?.focus();
  }
  const answered = form.querySelector("[data-answered]");
  if (!answered) return; // a form counts nothing
  answered.textContent = told.answered;
  form.querySelector("[data-percent]").textContent = told.asked ? Math.floor((100 * told.answered) / told.asked) : 100;
};

const deposit = async (input) => {
  const slot = input.closest(".cv-slot");
  const files = [...input.files];
  input.value = "";
  for (const file of files) {
    const shown = line(slot, file);
    slot.dataset.sending = Number(slot.dataset.sending || 0) + 1;
    under += 1;
    try {
      if (!file.size) throw new Refusal("Ce fichier est vide. Choisissez un fichier qui contient quelque chose.");
      const told = await place(slot, input, await send(file, input.dataset.about, shown));
      shown.box.remove();
      slot.dataset.sending -= 1;
      redraw(slot, told);
    } catch (error) {
      slot.dataset.sending -= 1;
      shown.fails(error instanceof Refusal ? error.message : "Le dépôt a échoué. Choisissez de nouveau le fichier.");
    } finally {
      under -= 1;
    }
  }
};

form.addEventListener("change", (event) => { if (event.target.matches("input[type=file][data-about]")) deposit(event.target); });
for (const button of form.querySelectorAll("[data-deposit]")) button.hidden = true; // chosen is sent
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.querySelectorAll) for (const button of node.querySelectorAll("[data-deposit]")) button.hidden = true;
}).observe(form, { childList: true, subtree: true });
addEventListener("beforeunload", (event) => { if (under) event.preventDefault(); });
