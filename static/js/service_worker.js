/* The worker of the shop's own devices (pos/web/installed/worker.py). It keeps the files of this version, and a page for
   when there is no connection. Whatever says something of a sale comes from the till, each time anew. */

const { cache: name, page, files, static: folder, root, faces } = self.kept;
const OURS = 'lightning-till ';

/* A proxy's page for signing in, which it may lead to, is none of the till's files. */
const isOurs = (answer) => answer.ok && !answer.redirected;

async function fill() {
  const cache = await caches.open(name);
  await Promise.all([...files, page].map((address) => keep(cache, address)));
}

async function keep(cache, address) {
  const answer = await fetch(address);
  if (!isOurs(answer)) throw new Error(address);
  await cache.put(address, answer);
}

/* A new version takes over at once. A page of the one before goes on with the files that it has, until it is left. */
async function takeOver() {
  const old = (await caches.keys()).filter((it) => it.startsWith(OURS) && it !== name);
  await Promise.all(old.map((it) => caches.delete(it)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

function answer(event) {
  const { request } = event;
  if (request.method !== 'GET') return;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.destination === 'document') event.respondWith(visit(event, pathname));
  else if (pathname.startsWith(folder) || files.includes(pathname + search)) event.respondWith(file(event));
}

/* A file never changes under its address. Where nothing can be kept, all is as it is without a worker. */
async function file({ request }) {
  try {
    const cache = await caches.open(name);
    const kept = await cache.match(request);
    if (kept) return kept;
    const answered = await fetch(request);
    if (isOurs(answered)) await cache.put(request, answered.clone());
    return answered;
  } catch {
    return fetch(request);
  }
}

/* A page is the till's, or it is none. What a proxy says while the till is gone does not bear our mark (headers.py). */
async function visit(event, pathname) {
  try {
    const answered = (await event.preloadResponse) ?? (await fetch(event.request));
    if (answered.status < 502 || answered.headers.has('lightning-till')) return answered;
    return (isFace(pathname) && (await offline())) || answered;
  } catch (e) {
    const kept = isFace(pathname) && (await offline());
    if (kept) return kept;
    throw e;
  }
}

const isFace = (pathname) => faces.includes(pathname.slice(root.length).split('/')[0]);
const offline = () => caches.match(page, { cacheName: name });

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fill());
});
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('fetch', answer);
