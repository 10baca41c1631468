// Calls the service with types that openapi-typescript made of its description: a list, an action that lists, a change
// that needs its preview first, and an input that is not valid.

import assert from "node:assert/strict";

import createClient from "openapi-fetch";

import type { components, paths } from "./service.js";

// Of the forms of an answer, the one that is a document.
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2] ?? "" });

const { data: listed } = await client.GET("/v1/actions", { params: { query: { effect: "send" } } });
assert(listed);
const ids: string[] = listed.actions.map((action) => action.id);
assert(ids.includes("outlook.send_email"));

const query = { connection: "sandbox" };
const { data: emails, error } = await client.POST("/v1/actions/outlook.list_emails/run", {
  params: { query },
  body: { limit: 3 },
});
assert(emails, JSON.stringify(error));
for (const email of emails.items) {
  const subject: string | null | undefined = email.subject;
  assert(subject !== undefined);
}

const body = { to: ["meganb@contoso.example"], subject: "Lunch", body: "At noon?" };
const refused = await client.POST("/v1/actions/outlook.send_email/run", { params: { query }, body });
const problem: components["schemas"]["Problem"] | undefined = refused.error;
assert.equal(problem?.status, 428);
assert(problem?.confirm);
const sent = await client.POST("/v1/actions/outlook.send_email/run", {
  params: { query, header: { "Tenon-Confirm": problem.confirm, "Idempotency-Key": "lunch" } },
  body,
});
assert.equal(sent.response.status, 200);

const wrong = await client.POST("/v1/actions/outlook.list_emails/run", {
  params: { query },
  // @ts-expect-error: the types know that a limit is a number
  body: { limit: "three" },
});
assert.equal(wrong.error?.code, "invalid_input");
assert.equal(wrong.error?.issues?.[0]?.pointer, "/limit");

console.log(`${ids.length} actions that send, ${emails.items.length} emails listed, 1 sent`);
