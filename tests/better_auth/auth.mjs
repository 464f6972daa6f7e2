// Better Auth as sql/external/better_auth.sql says: plural tables, fields in snake case, uuids made by the database.

import { betterAuth } from "better-auth";
import { admin, jwt } from "better-auth/plugins";
import pg from "pg";

const times = { createdAt: "created_at", updatedAt: "updated_at" };
const plugins = { admin, jwt }; // of a later day, when somebody wants more of it

export const auth = betterAuth({
  baseURL: process.env.BETTER_AUTH_URL,
  secret: process.env.BETTER_AUTH_SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  advanced: { database: { generateId: "uuid" } },
  plugins: process.env.PLUGIN ? [plugins[process.env.PLUGIN]()] : [],
  emailAndPassword: { enabled: true },
  user: {
    modelName: "users",
    fields: { emailVerified: "email_verified", ...times },
    deleteUser: { enabled: true },
  },
  session: {
    modelName: "sessions",
    fields: { expiresAt: "expires_at", ipAddress: "ip_address", userAgent: "user_agent", userId: "user_id", ...times },
  },
  account: {
    modelName: "accounts",
    fields: {
      accountId: "account_id",
      providerId: "provider_id",
      userId: "user_id",
      accessToken: "access_token",
      refreshToken: "refresh_token",
      idToken: "id_token",
      accessTokenExpiresAt: "access_token_expires_at",
      refreshTokenExpiresAt: "refresh_token_expires_at",
      ...times,
    },
  },
  verification: { modelName: "verifications", fields: { expiresAt: "expires_at", ...times } },
});
