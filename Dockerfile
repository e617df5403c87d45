# syntax=docker/dockerfile:1
# Bidlens in one image: `serve` (the default), `worker` and every other command.

FROM node:24-bookworm-slim AS workspace
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY web ./
COPY crates/domain/src/labels.json /src/crates/domain/src/labels.json
RUN npm run build

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=workspace /src/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package bidlens && cp target/release/bidlens /usr/local/bin/bidlens

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libarchive-tools \
        tesseract-ocr tesseract-ocr-chi-sim \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin bidlens \
    && install --directory --owner bidlens --group bidlens /data /files
COPY --from=build /usr/local/bin/bidlens /usr/local/bin/bidlens
USER bidlens
ENV BIDLENS_DATA_DIR=/data \
    BIDLENS_LISTEN=0.0.0.0:9001 \
    BIDLENS_LOG_FORMAT=json
VOLUME /data
EXPOSE 9001
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s --retries=3 CMD ["bidlens", "health"]
ENTRYPOINT ["bidlens"]
CMD ["serve"]
