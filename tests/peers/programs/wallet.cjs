// The wallet service of @getalby/sdk, as a program of its own. Its money is a ledger that it asks over HTTP.
// Usage: wallet.cjs RELAY WALLET_SECRET CLIENT_PUBKEY LEDGER
globalThis.WebSocket = require("ws");
const { NWCWalletService, NWCWalletServiceKeyPair } = require("@getalby/sdk");

const [relayUrl, walletSecret, clientPubkey, ledger] = process.argv.slice(2);

async function asked(method, params) {
  const answer = await fetch(`${ledger}/${method}`, { method: "POST", body: JSON.stringify(params) });
  return answer.ok ? { result: await answer.json() } : { error: { code: "NOT_FOUND", message: "no such invoice" } };
}

async function main() {
  const service = new NWCWalletService({ relayUrl });
  const methods = ["get_info", "make_invoice", "lookup_invoice"];
  await service.publishWalletServiceInfoEvent(walletSecret, methods, []);
  await service.subscribe(new NWCWalletServiceKeyPair(walletSecret, clientPubkey), {
    getInfo: () => asked("get_info", {}),
    makeInvoice: (params) => asked("make_invoice", params),
    lookupInvoice: (params) => asked("lookup_invoice", params),
  });
  process.stderr.write("");
  process.stdout.write("ready\n");
}

main();
