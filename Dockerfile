# The whole product as one image: one binary, one volume.
#   docker build -t teahouse . && docker run -p 8080:8080 -v teahouse:/data teahouse

FROM node:22-bookworm-slim AS client
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build
COPY scripts/compress.mjs /src/scripts/
RUN node /src/scripts/compress.mjs build /app

FROM golang:1.26-bookworm AS server
WORKDIR /src
ENV CGO_ENABLED=0
COPY backend/go.mod backend/go.sum ./
RUN go mod download
COPY backend/ ./
COPY --from=client /app/ internal/webui/dist/app/
ARG VERSION=unknown
RUN --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -ldflags "-s -w -X main.released=$VERSION" -o /out/teahouse . \
    && install -d -m 0700 /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=server /out/teahouse /teahouse
COPY --from=server --chown=65532:65532 /out/data /data
ENV HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/teahouse", "-healthcheck"]
ENTRYPOINT ["/teahouse"]
