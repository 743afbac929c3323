// A file chosen for a sealed zone is encrypted here, for the agency's keys (age), before a byte of it leaves the machine: neither
// whoever runs the platform nor whoever steals its store can read it. It is read, encrypted and laid down by pieces: the
// browser keeps the result on its disk, so that a gigabyte costs no more memory than a page.
//
//   <input type="file" data-about="slot:…" data-recipients="age1… age1…">   beside the module that deposits (deposit.js)
//
// What is encrypted already (.age, ZED!) goes as it is.

import { Encrypter } from "age-encryption";

const SEALED = /\.(age|zed)$/i;

const told = (input) => {
  const line = document.createElement("p");
  line.className = "cv-mention";
  line.setAttribute("role", "status");
  (input.closest(".fr-upload-group") || input).after(line);
  return line;
};

const counting = (whole, say) => {
  let done = 0;
  let tenth = -1;
  return new TransformStream({
    transform(piece, stream) {
      done += piece.byteLength;
      const now = Math.floor((10 * done) / Math.max(whole, 1));
      if (now !== tenth) say((tenth = now) * 10);
      stream.enqueue(piece);
    },
  });
};

const sealed = async (file, recipients, say) => {
  if (SEALED.test(file.name)) return file;
  const encrypter = new Encrypter();
  for (const one of recipients) encrypter.addRecipient(one);
  const stream = await encrypter.encrypt(file.stream().pipeThrough(counting(file.size, say)));
  const body = await new Response(stream).blob();
  return new File([body], `${file.name}.age`, { type: "application/octet-stream", lastModified: file.lastModified });
};

document.addEventListener("deposit:chosen", async (event) => {
  const input = event.target;
  const recipients = (input.dataset.recipients || "").split(" ").filter(Boolean);
  if (!recipients.length) return;
  event.preventDefault();
  const line = told(input);
  const files = [];
  try {
    for (const file of event.detail.files) {
      files.push(await sealed(file, recipients, (percent) => { line.textContent = `Chiffrement de ${file.name} : ${percent} %`; }));
    }
    line.remove();
  } catch {
    line.classList.add("fr-error-text");
    line.textContent = "Le fichier n’a pas pu être chiffré, rien n’est parti. Réessayez, ou déposez un conteneur chiffré par vos soins.";
    return;
  }
  input.dispatchEvent(new CustomEvent("deposit:send", { detail: { files } }));
});
