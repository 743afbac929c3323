// A sealed file is opened here, on the reviewer's own machine (age): the platform gives sealed bytes, and never sees the key.
// The key stays in this page: its fields have no name and no form, nothing is stored, and they are emptied after use.
//
//   <section data-unseal data-name data-size data-most data-keys="age1… age1…" hidden>, on the page that answers its own POST
//   with the sealed bytes. `data-keys` are those the file is known to be sealed for: another key is told before anything is asked.
//
// Read, opened and written by pieces: straight to the disk where the browser can, else in its memory, up to `data-most` bytes.

import { Decrypter, armor, identityToRecipient } from "age-encryption";

import { said } from "../js/words.js";

const place = document.querySelector("[data-unseal]");
const part = (name) => place.querySelector(`[data-${name}]`);
const [key, keyFile, error, told, open, cancel] = ["key", "key-file", "error", "told", "open", "cancel"].map(part);
const progress = place.querySelector("progress");
const size = Number(place.dataset.size);
const known = place.dataset.keys.split(" ").filter(Boolean);
const name = place.dataset.name;
const LONGEST_KEY_FILE = 64 * 1024;

// A sentence for the person: what went wrong, and what to do next.
class Told extends Error {}

const WRONG = said("Ce fichier n’est pas scellé pour cette clé. Essayez une autre de vos clés, ou demandez à la coordination qui détient la bonne.");
const DAMAGED = said("Le fichier scellé est endommagé : il ne se déchiffre pas en entier, et rien n’en est gardé. Demandez à l’entreprise de le déposer de nouveau.");
const NO_NETWORK = said("La connexion s’est coupée : rien n’est gardé. Recommencez.");

const say = (text) => {
  error.hidden = !text;
  error.textContent = text;
  place.querySelector("[data-group]").classList.toggle("fr-input-group--error", Boolean(text));
  if (text) error.focus();
};
const forget = () => { key.value = ""; keyFile.value = ""; };
const busy = (yes) => {
  open.disabled = yes;
  cancel.hidden = !yes;
  part("progress").hidden = !yes;
  if (yes) cancel.focus();
};

const identities = async () => {
  const [file] = keyFile.files;
  if (file && file.size > LONGEST_KEY_FILE) throw new Told(said("Ce fichier est trop grand pour être une clé. Choisissez celui que age-keygen a écrit."));
  const lines = `${key.value}\n${file ? await file.text() : ""}`.split(/\s+/).filter((word) => /^AGE-SECRET-KEY-/i.test(word)).map((word) => word.toUpperCase());
  if (!lines.length) throw new Told(said("Collez votre clé privée, ou choisissez le fichier qui la contient : elle commence par AGE-SECRET-KEY-1."));
  return lines;
};

const decrypterFor = async (lines) => {
  const decrypter = new Decrypter();
  const publics = [];
  try {
    for (const one of lines) {
      publics.push(await identityToRecipient(one));
      decrypter.addIdentity(one);
    }
  } catch {
    throw new Told(said("Cette clé est incomplète ou mal recopiée. Copiez toute la ligne qui commence par AGE-SECRET-KEY-1."));
  }
  if (known.length && !publics.some((one) => known.includes(one))) throw new Told(WRONG);
  return decrypter;
};

// Where the document goes: asked before a byte is, while the browser still knows that a person pressed the button.
const destination = async () => {
  if (size <= Number(place.dataset.most)) return null;
  if (!window.showSaveFilePicker) throw new Told(said("Ce fichier est trop grand pour ce navigateur. Prenez Chrome ou Edge, qui l’écrivent au fur et à mesure, ou la ligne de commande ci-dessous."));
  return (await window.showSaveFilePicker({ suggestedName: name })).createWritable();
};

const sealedBytes = async (signal) => {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("take", "1");
  const answer = await fetch(location.pathname, { method: "POST", body, signal, headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new Told((await answer.json().catch(() => ({}))).title || said("Le serveur a refusé de donner ce fichier. Rechargez la page."));
  return answer.body;
};

const counted = () => {
  let done = 0;
  let tenth = -1;
  return new TransformStream({
    transform(piece, stream) {
      done += piece.byteLength;
      progress.value = done;
      const now = Math.floor((10 * done) / size);
      if (now !== tenth) told.textContent = said("Déchiffrement : {percent} %", { percent: (tenth = now) * 10 });
      stream.enqueue(piece);
    },
  });
};

// What was sealed as text (« BEGIN AGE ENCRYPTED FILE ») is read whole before it is opened: nobody sends much that way.
// `lost` is called where the bytes stop arriving: the line is to blame, not the file.
const unarmored = async (stream, lost) => {
  const reader = stream.getReader();
  const read = () => reader.read().catch((failure) => { lost(); throw failure; });
  const first = await read();
  const rest = new ReadableStream({
    start(output) {
      if (first.done) output.close();
      else output.enqueue(first.value);
    },
    async pull(output) {
      const { done, value } = await read();
      if (done) output.close();
      else output.enqueue(value);
    },
    cancel: (why) => reader.cancel(why),
  });
  if (!first.value || !new TextDecoder().decode(first.value.slice(0, 10)).startsWith("-----BEGIN")) return rest;
  return new Blob([armor.decode(await new Response(rest).text())]).stream();
};

const handOver = (blob) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

// The list of openings, as a page loaded again would show it.
const noted = () => {
  const list = document.querySelector("[data-openings]");
  const [line, words, who] = ["li", "p", "b"].map((tag) => document.createElement(tag));
  who.textContent = said("Vous");
  words.className = "fr-mb-0";
  words.append(who, ` · ${said("à l’instant")}`);
  line.append(words);
  list.prepend(line);
  list.hidden = false;
  document.querySelector("[data-openings-none]")?.remove();
  document.querySelector("[data-openings-count]").textContent = `(${list.children.length})`;
};

let stopping = null;

const unseal = async () => {
  say("");
  let writable = null;
  stopping = new AbortController();
  let [asked, taken] = [false, false];
  open.disabled = true;
  try {
    const decrypter = await decrypterFor(await identities());
    writable = await destination();
    busy(true);
    progress.max = size;
    progress.value = 0;
    told.textContent = said("Demande du fichier scellé…");
    asked = true;
    const bytes = await sealedBytes(stopping.signal);
    taken = true;
    noted();
    const plain = await decrypter.decrypt(await unarmored(bytes.pipeThrough(counted()), () => { taken = "cut"; }));
    if (writable) await plain.pipeTo(writable, { preventAbort: true });
    else handOver(await new Response(plain).blob());
    writable = null;
    told.textContent = said("Terminé : « {name} » est enregistré sur votre poste. L’ouverture est inscrite au registre.", { name });
    busy(false);
    part("progress").hidden = false;
    open.focus();
  } catch (failure) {
    busy(false);
    if (stopping.signal.aborted || failure.name === "AbortError") say(asked ? said("Vous avez annulé : rien n’est gardé sur votre poste. L’ouverture, demandée, est inscrite au registre.") : said("Vous avez annulé : rien n’a été demandé."));
    else if (failure instanceof Told) say(failure.message);
    else if (/no identity matched/.test(failure.message)) say(WRONG);
    else say(taken === true ? DAMAGED : NO_NETWORK);
  } finally {
    if (writable) await writable.abort().catch(() => {});
    stopping.abort(); // what still arrives is of no use
    forget();
  }
};

open.addEventListener("click", unseal);
cancel.addEventListener("click", () => stopping.abort());
window.addEventListener("pagehide", forget);
forget(); // what a browser would have brought back with the page
place.hidden = false;
