# The whole product in one process (shared/runtime/host.ts), for 微信云托管 or any other host of containers.
# The settings are environment variables: shared/adapters/process/variables.ts. No secret is in the image.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:20-slim
ENV NODE_ENV=production PORT=8080
WORKDIR /app
COPY --from=build /app/dist/host ./
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node gets SIGTERM itself, without a shell in between.
CMD ["node", "--enable-source-maps", "index.js"]
