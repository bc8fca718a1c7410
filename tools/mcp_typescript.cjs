// One server, called by the client of the TypeScript SDK, as Gemini CLI, the inspector and OpenClaw do it.
// Reads {command, args, env, cwd, consents, calls: [{name, arguments}]} on stdin and writes, for each call, what the
// model would read: {kind, charged} of an error, {ok: true}, or {thrown} if the SDK refused the answer.
const { createRequire } = require("node:module");
const path = require("node:path");

const local = createRequire(path.join(process.cwd(), "package.json"));
const { Client } = local("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = local("@modelcontextprotocol/sdk/client/stdio.js");
const { ElicitRequestSchema } = local("@modelcontextprotocol/sdk/types.js");

async function called(client, call) {
  try {
    const told = await client.callTool(call, undefined, { timeout: 120000 });
    const error = told.structuredContent && told.structuredContent.error;
    if (Boolean(told.isError) !== Boolean(error)) return { thrown: "isError and error disagree" };
    return error ? { kind: error.kind, charged: error.charged, task_id: error.task_id } : { ok: true };
  } catch (error) {
    return { thrown: String(error.message || error).slice(0, 300) };
  }
}

async function main(plan) {
  const capabilities = plan.consents === undefined ? {} : { elicitation: {} };
  const client = new Client({ name: "judge", version: "1" }, { capabilities });
  if (plan.consents !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async () =>
      plan.consents ? { action: "accept", content: { spend: true } } : { action: "decline" });
  }
  const started = Date.now();
  await client.connect(new StdioClientTransport({ ...plan, stderr: "inherit" }));
  const connected = Date.now() - started;
  await client.listTools(); // from here on the client holds every answer against its schema
  const answers = [];
  for (const call of plan.calls) answers.push(await called(client, call));
  await client.close();
  console.log(JSON.stringify({ connected, answers }));
}

let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => main(JSON.parse(text)).catch((error) => { console.error(error); process.exit(1); }));
