// Both official clients in TypeScript, over HTTP and over standard input and output: what an agent does, from the list of
// tools to a mail that a person has approved.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { Client as Modern, StreamableHTTPClientTransport as ModernHttp } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernStdio } from "@modelcontextprotocol/client/stdio";
import { Client as Older } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OlderHttp } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const [tenon, home, url, key] = process.argv.slice(2);
const env = { ...process.env, TENON_HOME: home };
const name = { name: "clients", version: "1" };
const capabilities = { elicitation: { form: {} } };
const run = promisify(execFile);

const http = (Transport) =>
  new Transport(new URL(`${url}/mcp`), { requestInit: { headers: { Authorization: `Bearer ${key}` } } });
const stdio = (Transport) =>
  new Transport({ command: tenon, args: ["mcp", "--connection", "sandbox", "--allow", "write"], env, stderr: "inherit" });

// Somebody who answers on the command line, where the client cannot ask.
async function approveElsewhere() {
  for (let look = 0; look < 200; look += 1) {
    const { stdout } = await run(tenon, ["approvals", "list", "--json"], { env });
    const open = JSON.parse(stdout).items.findLast((approval) => approval.state === "waiting");
    if (open) return run(tenon, ["approvals", "approve", open.id], { env });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("nobody was asked for an approval");
}

async function works(title, client, asks) {
  const call = async (tool, args) => {
    const result = await client.callTool({ name: tool, arguments: args });
    return { failed: result.isError === true, told: JSON.parse(result.content[0].text), result };
  };
  const done = async (tool, args) => {
    const { failed, told } = await call(tool, args);
    assert(!failed, `${title}: ${tool}: ${JSON.stringify(told)}`);
    return told;
  };
  const on = (action, input) => ({ action, connection: "sandbox", input });
  assert((client.getInstructions() ?? "").includes("find_actions"), `${title}: instructions`);
  const { tools } = await client.listTools();
  assert.equal(tools.length, 9, title);
  const found = await done("find_actions", { query: "list unread mail" });
  const ids = found.actions.flatMap((action) => [action.id, ...(action.also ?? [])]);
  assert(ids.includes("outlook.list_emails"), `${title}: ${JSON.stringify(found)}`);
  const described = await done("describe_action", { action: "outlook.create_draft" });
  assert.equal(described.tool, "run_change_action", title);
  const read = await done("run_read_action", on("outlook.list_emails", { limit: 3 }));
  assert.equal(read.untrusted.output.items.length, 3, title);

  const draft = on("outlook.create_draft", { to: ["meganb@contoso.example"], subject: title, body: "At noon?" });
  const refused = await call("run_change_action", draft);
  assert.equal(refused.told.error.code, "not_confirmed", title);
  const { confirm } = await done("preview_action", draft);
  const made = await done("run_change_action", { ...draft, confirm });
  const again = await done("run_change_action", { ...draft, confirm });
  assert.equal(again.untrusted.output.id, made.untrusted.output.id, `${title}: one value runs once`);

  const send = on("outlook.send_draft", { messageId: made.untrusted.output.id });
  send.confirm = (await done("preview_action", send)).confirm;
  const [sent] = await Promise.all([call("run_irreversible_action", send), asks ? undefined : approveElsewhere()]);
  assert(!sent.failed, `${title}: ${JSON.stringify(sent.told)}`);

  const { resources } = await client.listResources();
  assert.equal(resources[0].uri, "tenon://connections", title);
  const resource = await client.readResource({ uri: "tenon://actions/outlook.list_emails" });
  assert(resource.contents[0].text.includes("folderId"), title);
  const { prompts } = await client.listPrompts();
  assert.equal(prompts.length, 2, title);
  const prompt = await client.getPrompt({ name: "find_a_time", arguments: { people: "meganb@contoso.example" } });
  assert.equal(prompt.messages.length, 1, title);
  await client.close();
  console.log(`ok  ${title}`);
}

const yes = { action: "accept", content: { approve: true } };

async function older(title, transport, asks) {
  const client = new Older(name, { capabilities });
  let asked = 0;
  client.setRequestHandler(ElicitRequestSchema, async (request) => {
    asked += 1;
    assert(request.params.message.includes("outlook.send_draft"), request.params.message);
    return yes;
  });
  await client.connect(transport);
  await works(title, client, asks);
  assert.equal(asked, asks ? 1 : 0, title);
}

async function modern(title, transport, mode) {
  const client = new Modern(name, { capabilities, versionNegotiation: { mode } });
  let asked = 0;
  client.setRequestHandler("elicitation/create", async (request) => {
    asked += 1;
    assert(request.params.message.includes("outlook.send_draft"), request.params.message);
    return yes;
  });
  await client.connect(transport);
  assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28", title);
  await works(title, client, true);
  assert.equal(asked, 1, title);
}

await older("sdk 1 over HTTP", http(OlderHttp), false);
await older("sdk 1 over stdio", stdio(OlderStdio), true);
await modern("client 2 over HTTP", http(ModernHttp), { pin: "2026-07-28" });
await modern("client 2 over HTTP, which finds the revision", http(ModernHttp), "auto");
await modern("client 2 over stdio", stdio(ModernStdio), { pin: "2026-07-28" });
await modern("client 2 over stdio, which finds the revision", stdio(ModernStdio), "auto");
