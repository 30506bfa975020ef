# Build: docker build -t voiceagent .
# Run:   docker run --network host -e GEMINI_API_KEY=... voiceagent
# Host networking, because RTP uses a port pair per call and the addresses in SDP must be the host's.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
COPY config/ config/
# Precompiled (ReadyToRun): it listens after half the processor time, and is as quick as ever once it runs (docs/performance.md).
RUN dotnet publish src/VoiceAgent -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# libopus is for the Opus codec (docs/adr/0001); without it all else works, as everything else is managed code.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libopus0 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app .
# The database's file (Database:ConnectionString); mount a volume here to keep it.
RUN mkdir data && chown $APP_UID data
USER $APP_UID
EXPOSE 5060/udp 5060/tcp 8080/tcp 20000-29998/udp
STOPSIGNAL SIGTERM
ENTRYPOINT ["./voiceagent"]
CMD ["run"]
