// The worker of a hall's boards and window screens: page and media are kept, so that they show themselves while the server is away.
// It keeps no frame and answers no question of the hall: what is true comes from the server alone.

const KEPT = `hallqueue-${self.registration.scope.split("/").at(-2)}`; // boards and screens of one browser apart
const PATIENCE = 6000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(inTurn(event)));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (pathname.includes("/notices/media/")) event.respondWith(media(request));
});

let before = Promise.resolve();

/** One wish after the other: an older one that ends late must not throw away what a newer one kept. */
function inTurn({ data: wish, source }) {
  before = before.then(() => keep(wish)).catch(() => false);
  return before.then((whole) => whole && source.postMessage({ kept: wish.name }));
}

/**
 * Keep what a board names; what no board page that is open names any more is given back. Returns whether nothing is lacking.
 * The page comes after its files, and what an older page needs stays until this one is whole: the server may go at any moment.
 */
async function keep({ page: address, files, media: named }) {
  const kept = await caches.open(KEPT);
  const whole = (await addAll(kept, files)) && (await add(kept, address));
  const complete = await addAll(kept, named);
  if (whole && (await self.clients.matchAll()).length <= 1) {
    const wanted = [address, ...files, ...named].map(absolute);
    for (const old of await kept.keys()) if (!wanted.includes(old.url)) await kept.delete(old);
  }
  return whole && complete;
}

const absolute = (address) => new URL(address, self.location).href;

async function addAll(kept, addresses) {
  let whole = true;
  for (const each of addresses.map(absolute)) if (!(await kept.match(each)) && !(await add(kept, each))) whole = false;
  return whole;
}

/** What is cut off half-way is not kept; the board asks for it again. */
async function add(kept, address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const put = kept.put(address, answer);
  return put.then(() => true, () => false);
}

/** The page from the server, or as it was kept when the server does not answer in time. */
async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status < 500) return answer;
  } catch {
    // Nobody there, or too slow.
  }
  return (await caches.match(request.url)) ?? Response.error();
}

async function file(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

/** A picture or video, kept under a name that changes with its content; players ask for a part of it. */
async function media(request) {
  const whole = await caches.match(request.url);
  if (!whole) return fetch(request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  if (!range) return whole;
  const content = await whole.blob();
  const start = Number(range[1]);
  const end = range[2] ? Math.min(Number(range[2]), content.size - 1) : content.size - 1;
  if (start > end) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${content.size}` } });
  const headers = { "Content-Type": content.type, "Content-Range": `bytes ${start}-${end}/${content.size}`, "Accept-Ranges": "bytes" };
  return new Response(content.slice(start, end + 1, content.type), { status: 206, headers });
}
