// Serves Better Auth's own handler on a free port of this machine, and says where; ends with its standard input.

import { createServer } from "node:http";
import { toNodeHandler } from "better-auth/node";
import { auth } from "./auth.mjs";

const server = createServer(toNodeHandler(auth));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();
