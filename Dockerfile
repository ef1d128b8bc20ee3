# The service with its command line f2j (stage `service`, the default), and the sandbox for trials (stage `demo`).
# Node.js runs TypeScript directly, so there is no build step.

# A production build names its base by digest: --build-arg BASE_IMAGE=node:24-bookworm-slim@sha256:…
ARG BASE_IMAGE=node:24-bookworm-slim

FROM ${BASE_IMAGE} AS base
ENV NODE_ENV=production
WORKDIR /app

FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# What is installed, with versions, checksums and licences. Given --omit, npm sbom leaves out packages that something omitted needs as well;
# so it reads a package.json that asks for no others.
COPY scripts/list-licences.ts ./
RUN npm pkg delete devDependencies optionalDependencies scripts \
  && npm sbom --sbom-format cyclonedx > sbom.cdx.json \
  && node list-licences.ts < sbom.cdx.json > licences.txt \
  && rm list-licences.ts package-lock.json \
  && find node_modules -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' ')' -delete

# The emulator is a development package, so that a clone has it with any Node.js. All others are removed again.
FROM base AS demo-dependencies
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund \
  && npm pkg set "dependencies.fauxqs=$(npm pkg get devDependencies.fauxqs | tr -d '"')" \
  && npm pkg delete devDependencies optionalDependencies \
  && npm prune --ignore-scripts --no-audit --no-fund

FROM base AS files
COPY --from=dependencies /app ./
COPY LICENSE ./
COPY config ./config
COPY src ./src
RUN rm -rf src/sandbox

# Compiled code that a start reads instead of compiling again. Node.js keeps it by user, so this is the user of the service. A module that is
# missing ends the build here.
FROM files AS compiled
COPY scripts/fill-compile-cache.ts ./scripts/
USER 1000:1000
# Node.js makes the files readable for this user only, and they go to root in the image.
RUN NODE_COMPILE_CACHE=/tmp/compile-cache node scripts/fill-compile-cache.ts \
  && chmod -R a+rX /tmp/compile-cache

FROM base AS run
# The service needs no package manager.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* \
  && cd /usr/local/bin && rm -f npm npx corepack yarn yarnpkg \
  && ln -s /app/src/cli/main.ts /usr/local/bin/f2j
# The only folder that the service writes to; the rest of the file system may be read-only.
RUN mkdir -m 0700 /data && chown node:node /data
COPY --from=files /app ./
# Owned by root: the service reads it, and nothing that runs as the service can plant code there.
COPY --from=compiled --chown=0:0 /tmp/compile-cache ./compile-cache
ENV DATA_DIR=/data
ENV NODE_COMPILE_CACHE=/app/compile-cache
VOLUME /data
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 8080}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Simulated Jira, queue and AWS for trials. Not for production: it has an SQS emulator, and answers without credentials.
FROM run AS demo
COPY --from=demo-dependencies /app/node_modules ./node_modules
COPY src/sandbox ./src/sandbox
CMD ["node", "src/sandbox/main.ts"]

FROM run AS service
# Node.js lets each half of the space for new objects grow to 16 MiB, which a start fills and an idle process keeps. With 4 it holds 35 to 50 MB
# less, at rest and after work; smaller ones hold more after work, because what is soon dropped has moved on by then. More collections cost
# processor time while many issues are opened. The limit of the whole heap follows that of the container by itself.
CMD ["node", "--max-semi-space-size=4", "src/main.ts"]
