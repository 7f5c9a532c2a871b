// PostGraphile's own server over the functions of functions.sql: keys looked up as Turnout does, row security for the rest.
// Environment: PGHOST, PGPORT, PGUSER, PGDATABASE, PORT.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const keys = new pg.Pool({ max: 4 });
const findKey = {
  name: "find_key",
  text: "select company_id, scopes, user_key from turnout.find_key($1, now(), $2::inet)",
};

async function companyOf(request) {
  const [kind, key] = (request.headers.authorization ?? "").split(" ");
  if (kind?.toLowerCase() !== "bearer" || !key) throw new Error("unauthenticated");
  const digest = createHash("sha256").update(key).digest();
  const { rows } = await keys.query({ ...findKey, values: [digest, request.socket.remoteAddress] });
  if (!rows[0]?.scopes.includes("read:stats") || rows[0].user_key !== null) throw new Error("unauthenticated");
  return String(rows[0].company_id);
}

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool: new pg.Pool({ max: 6 }), schemas: ["rival"] })],
  gather: { pgStrictFunctions: false },
  schema: { defaultBehavior: "+resource:list -resource:connection +queryField:resource:list -queryField:resource:connection" },
  grafast: {
    async context({ node }) {
      return { pgSettings: { "app.company": await companyOf(node.req) } };
    },
  },
  grafserv: { graphiql: false, watch: false },
};

const server = createServer();
const serving = postgraphile(preset).createServ(grafserv);
await serving.addTo(server);
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening"));
