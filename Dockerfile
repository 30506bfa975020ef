# Build: docker build -t voiceagent .
# Run:   docker run --network host --read-only -e GEMINI_API_KEY=... -v voiceagent-data:/app/data voiceagent
# Host networking, because RTP uses a port pair per call and the addresses in SDP must be the host's.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
# For the Opus codec (docs/adr/0001); all else is managed code or comes with its package.
RUN apt-get update && apt-get install -y --no-install-recommends libopus0
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
COPY config/ config/
# Precompiled (ReadyToRun): it listens after half the processor time, and is as quick as ever once it runs (docs/performance.md). What analyzers say is the tests' matter.
RUN dotnet publish src/VoiceAgent -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -p:RunAnalyzers=false -o app
RUN cp -L /usr/lib/*-linux-gnu/libopus.so.0 app/ && mkdir data

# No shell, no package manager, no root: 1654 is the user that these images come with (APP_UID).
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /source/app ./
# The only folder that is written to: the database, unless that is PostgreSQL, and recordings.
COPY --from=build --chown=1654:1654 /source/data data/
VOLUME /app/data
# Without the runtime's own diagnostics port nothing is written outside of data: the root may be read-only.
ENV DOTNET_EnableDiagnostics=0
USER 1654
EXPOSE 5060/udp 5060/tcp 5061/tcp 8080/tcp 20000-29998/udp
# It lets running calls finish (Calls:DrainGrace): give docker stop --time that much and ten seconds more.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 CMD ["./voiceagent", "health"]
ENTRYPOINT ["./voiceagent"]
CMD ["run"]
