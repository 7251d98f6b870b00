import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// A node on this machine while the page is worked on: ASSAY_NODE=http://127.0.0.1:8080 npm run dev
const node = process.env.ASSAY_NODE ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } })],
  server: { proxy: { '/v1': node, '/verifier.wasm': node } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    // Names do not depend on contents: the program that carries the files names each of them.
    rollupOptions: {
      output: { entryFileNames: 'app.js', assetFileNames: 'app[extname]', codeSplitting: false },
    },
  },
  worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'verifier.js' } } },
})
