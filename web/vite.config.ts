import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.CHORUS_URL ?? "http://127.0.0.1:3000";

/** Copies the official client bundles, which the binary serves at `/socket.io/socket.io.js`. */
function clientBundles(): Plugin {
  return {
    name: "chorus-client-bundles",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      const from = join(import.meta.dirname, "node_modules/socket.io-client/dist");
      const to = join(dir, "socket.io-client");
      mkdirSync(to, { recursive: true });
      for (const name of readdirSync(from)) cpSync(join(from, name), join(to, name));
    },
  };
}

export default defineConfig({
  plugins: [svelte(), clientBundles()],
  build: { outDir: "dist", reportCompressedSize: true },
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
