import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
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

/** Writes `.br` and `.gz` beside what shrinks, which the binary serves to whoever can unpack it. */
function packed(): Plugin {
  return {
    name: "chorus-packed",
    apply: "build",
    writeBundle({ dir = "dist" }, bundle) {
      for (const name of Object.keys(bundle).filter((name) => /\.(js|css|html|svg)$/.test(name))) {
        const path = join(dir, name);
        const plain = readFileSync(path);
        for (const [suffix, small] of [
          ["br", brotliCompressSync(plain)],
          ["gz", gzipSync(plain, { level: 9 })],
        ] as const) {
          if (small.length < plain.length) writeFileSync(`${path}.${suffix}`, small);
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), clientBundles(), packed()],
  build: { outDir: "dist", reportCompressedSize: true },
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
