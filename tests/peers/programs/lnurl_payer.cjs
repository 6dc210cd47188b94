// Wallets of others, which ask for an invoice and say it; those that can see that it was paid say so once a line comes.
// Usage: lnurl_payer.cjs lnurl-pay|lightning-tools LNURL_OR_ADDRESS SAT COMMENT TILL
// An address is on a host of the web, and the till listens here: it is asked as a proxy would ask it.
const [client, link, sat, comment, till] = process.argv.slice(2);
const HOST = "till.example.com";

function here(url, options = {}) {
  const headers = { ...options.headers, "X-Forwarded-Host": HOST, "X-Forwarded-Proto": "https" };
  return real(String(url).replace(`https://${HOST}`, till), { ...options, headers });
}

const real = globalThis.fetch;
globalThis.fetch = here;

function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

async function fetchGet({ url, params = {} }) {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) whole.searchParams.set(name, value);
  }
  return (await here(whole)).json();
}

async function withLnurlPay() {
  const { requestInvoice, utils } = require("lnurl-pay");
  const asked = { lnUrlOrAddress: link, tokens: utils.toSats(Number(sat)) };
  if (link.includes("@")) asked.fetchGet = fetchGet;
  const got = await requestInvoice(comment ? { ...asked, comment } : asked);
  const valid = got.hasValidAmount && got.hasValidDescriptionHash;
  say({ pr: got.invoice, verify: got.rawData.verify, valid });
}

async function withLightningTools() {
  const { LightningAddress } = require("lightning-tools");
  const address = new LightningAddress(link, { proxy: false });
  await address.fetch();
  const asked = { satoshi: Number(sat) };
  const invoice = await address.requestInvoice(comment ? { ...asked, comment } : asked);
  say({ pr: invoice.paymentRequest, verify: invoice.verify, valid: !(await invoice.verifyPayment()) });
  process.stdin.once("data", async () => {
    say({ paid: await invoice.verifyPayment(), preimage: invoice.preimage });
    process.exit();
  });
}

const run = client === "lnurl-pay" ? withLnurlPay : withLightningTools;
run().catch((error) => {
  say({ error: String(error) });
  process.exit(1);
});
