// tus-js-client as a peer: `node send.mjs ENDPOINT FILE HEADERS METADATA` sends a file until it is received, whatever happens to the server.
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [endpoint, path, headers, metadata] = process.argv.slice(2);
const upload = new Upload(createReadStream(path), {
  endpoint,
  headers: JSON.parse(headers),
  metadata: JSON.parse(metadata),
  uploadSize: statSync(path).size,
  chunkSize: 2 * 1024 * 1024,
  retryDelays: Array(200).fill(200),
  onShouldRetry: () => true,
  onError: (error) => { console.error(String(error)); process.exit(1); },
  onSuccess: () => { console.log(upload.url); },
});
upload.start();
