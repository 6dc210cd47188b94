// An issuer of cards by the lnurl of npm, on loopback behind the address that it gives out. Says each tap as a line.
// Usage: issuer.cjs PUBLIC_URL TAPS; the first line is its port.
// It warns where it says nothing else.
console.log = console.warn = () => {};
const { createServer } = require("lnurl");

const [url, taps] = process.argv.slice(2);
const offer = { minWithdrawable: 1000, maxWithdrawable: 5e7, defaultDescription: "card" };

const server = createServer({
  host: "127.0.0.1",
  // Any that is free; a 0 it takes for none.
  port: "0",
  url,
  lightning: { backend: "dummy", config: {} },
  store: { backend: "memory" },
});

function say(what) {
  process.stdout.write(`${what}\n`);
}

server.once("listening", async () => {
  say(server.app.webServer.address().port);
  for (let tap = 0; tap < Number(taps); tap += 1) say((await server.generateNewUrl("withdrawRequest", offer)).encoded);
});
