// A file chosen for a sealed zone is encrypted here, for the agency's keys (age), before a byte of it leaves the machine: neither
// whoever runs the platform nor whoever steals its store can read it. It is read, encrypted and laid down by pieces: the
// browser keeps the result on its disk, so that a gigabyte costs no more memory than a page.
//
// Called by the module that deposits (deposit.js), which loads it where a zone is sealed, and sends nothing if it cannot.

import { Encrypter } from "age-encryption";

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

// The same file, sealed, under its name and `.age`. `say` is told how far it is, in tens of a hundred.
export const seal = async (file, recipients, say) => {
  const encrypter = new Encrypter();
  for (const one of recipients) encrypter.addRecipient(one);
  const stream = await encrypter.encrypt(file.stream().pipeThrough(counting(file.size, say)));
  const body = await new Response(stream).blob();
  return new File([body], `${file.name}.age`, { type: "application/octet-stream", lastModified: file.lastModified });
};
