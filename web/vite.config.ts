import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  base: "/",
  // Chromium 107 is what the oldest browsers of the field's offices are built on.
  build: { target: "chrome107", outDir: "dist", assetsDir: "ui", chunkSizeWarningLimit: 1200 },
  server: { proxy: { "/api": "http://127.0.0.1:9001", "/health": "http://127.0.0.1:9001" } },
});
