// Bundle the extension into out/extension.js, and its unit tests into out/test/ with --tests.
import * as esbuild from "esbuild";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const common = { bundle: true, platform: "node", target: "node20", format: "cjs", logLevel: "warning" };

/** The licence texts of the packages that really went into the bundle, as their authors ask. */
function thirdPartyNotices(inputs) {
  const folders = new Set();
  for (const input of Object.keys(inputs)) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) folders.add(found[1]);
  }
  const notices = [...folders].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    const file = ["License.txt", "LICENSE", "LICENSE.md", "LICENSE.txt"].map((name) => path.join(folder, name)).find(existsSync);
    if (!file) throw new Error(`${manifest.name} is bundled but carries no licence text`);
    return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${readFileSync(file, "utf8").trim()}\n`;
  });
  return notices.join(`\n${"-".repeat(80)}\n\n`);
}

if (process.argv.includes("--tests")) {
  const entryPoints = readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => path.join("test", name));
  await esbuild.build({ ...common, entryPoints, outdir: "out/test", sourcemap: "inline" });
} else {
  const result = await esbuild.build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    external: ["vscode"],
    minify: true,
    metafile: true,
  });
  writeFileSync("out/THIRD-PARTY-NOTICES.txt", thirdPartyNotices(result.metafile.inputs));
}
