// A server with faults on request, on standard input and output: node faulty.mjs
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const server = new McpServer({ name: "faulty", version: "1.0.0" });
const text = (value) => ({ content: [{ type: "text", text: String(value) }] });
let aborted = 0;
let runs = 0;

server.registerTool("pid", { description: "Tells the process.", annotations: { readOnlyHint: true } }, () => text(process.pid));
server.registerTool("runs", { description: "Counts the acts.", annotations: { readOnlyHint: true } }, () => text(runs));
server.registerTool("aborted", { description: "Counts cancelled calls.", annotations: { idempotentHint: true } }, () => text(aborted));
server.registerTool("add-tool", { description: "Adds a tool." }, () => {
  server.registerTool("added", { description: "Was added.", annotations: { readOnlyHint: true } }, () => text("I am new"));
  return text("added");
});
server.registerTool("die", { description: "Ends the process.", annotations: { readOnlyHint: true } }, () => process.exit(3));
server.registerTool("act_and_die", { description: "Acts, and ends the process.", annotations: { destructiveHint: true } }, () => process.exit(3));
server.registerTool("hang", { description: "Never answers.", annotations: { readOnlyHint: true } }, (extra) =>
  new Promise(() => extra.signal.addEventListener("abort", () => aborted++)));
server.registerTool("huge", { description: "Answers too much.", annotations: { readOnlyHint: true } }, () => text("x".repeat(10 * 1024 * 1024)));
server.registerTool("fail", { description: "Fails." }, () => ({ ...text("No such\ncustomer."), isError: true }));
server.registerTool("check", { description: "Wants a number.", inputSchema: { count: z.number() } }, ({ count }) => text(count));
server.registerTool("noise", { description: "Writes much to its standard error.", annotations: { readOnlyHint: true } }, () => {
  for (let i = 0; i < 1000; i++) process.stderr.write(`line ${i} of ${process.env.KEY}\n`);
  return text(`{ "key": "${process.env.KEY}", "other": ${JSON.stringify(process.env.SERVICE_KEY ?? null)} }`);
});
server.registerTool("key", { description: "Tells the key of the call." }, (extra) => text(extra._meta?.["voiceagent/idempotency-key"]));

await server.connect(new StdioServerTransport());
