// A service worker: keeps the page of a walkthrough under way in the phone, so that it opens again without a link.

const KEPT = "walkthroughs";
const WALK = /\/walkthroughs\/\d+\/$/;
const LINE = "?part=line"; // its moving part
const PIECE = /^\/static\/[^/]+\//;
const PATIENCE = 6000; // a link that says nothing for so long is none

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { pathname, search } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (WALK.test(pathname) && search === LINE) event.respondWith(line(event.request));
  if (search) return;
  if (event.request.mode === "navigate" && WALK.test(pathname)) event.respondWith(walk(event.request));
  else if (PIECE.test(pathname)) event.respondWith(piece(event.request));
});

/** The page as the hall has it; without a link as it was kept, and marked so. */
async function walk(request) {
  const kept = await caches.open(KEPT);
  const old = await kept.match(request.url);
  try {
    const answer = await Promise.race([fetch(request), ...(old ? [lost()] : [])]);
    await keep(kept, request.url, answer.clone());
    return answer;
  } catch (error) {
    if (!old) throw error;
    const page = (await old.text()).replace("<html ", '<html data-kept="on" ');
    const names = ["Content-Type", "Content-Security-Policy"];
    return new Response(page, { headers: names.map((name) => [name, old.headers.get(name) ?? ""]) });
  }
}

/** What was met so far; without a link as the hall told it last, which is newer than the kept page; marked so. */
async function line(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request.url, answer.clone());
    // A last look at one that is over is not kept; asked afterwards, for its page may go while this is put beside it.
    if (!(await kept.match(request.url.slice(0, -LINE.length)))) await kept.delete(request.url);
    return answer;
  } catch {
    const old = await kept.match(request.url);
    return old ? new Response(old.body, { headers: { Kept: "on" } }) : Response.error();
  }
}

/** Kept while one walks; the record of what is over, a refusal or the door takes its place in no phone. */
async function keep(kept, url, answer) {
  const page = answer.ok ? await answer.clone().text() : "";
  if (!page.includes('data-walking="on"')) {
    if (answer.status < 500) for (const each of [url, url + LINE]) await kept.delete(each);
    return;
  }
  await kept.put(url, answer);
  await kept.delete(url + LINE);
  const build = page.match(/\/static\/[^/]+\//)[0];
  for (const each of await kept.keys()) {
    const { pathname } = new URL(each.url);
    if (PIECE.test(pathname) && !pathname.startsWith(build)) await kept.delete(each);
  }
}

/** Scripts, sheets and letters: their addresses change with what stands in them. */
async function piece(request) {
  const kept = await caches.open(KEPT);
  const old = await kept.match(request.url);
  if (old) return old;
  const answer = await fetch(request);
  if (answer.status === 200) await kept.put(request.url, answer.clone());
  return answer;
}

const lost = () => new Promise((_, fail) => setTimeout(fail, PATIENCE, new Error("no link")));
