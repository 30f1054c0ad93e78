# One process that serves one pack hall: gRPC on 50051, JSON over HTTP on 8080, metrics and health on 9464.
# It starts only where it is said who may call: tokens, certificates of callers, or BOXWRIGHT_ALLOW_UNAUTHENTICATED=true.
# What was run of this file and what was not is in docs/deployment.md.
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
# Every package has the version and one of the hashes in these files, also those that only build: deploy/lock.py.
COPY deploy/build.lock deploy/requirements.lock ./deploy/
RUN python3 -m venv /opt/build && /opt/build/bin/pip install --require-hashes --only-binary :all: -r deploy/build.lock
RUN /opt/build/bin/pip wheel --require-hashes --no-deps --no-build-isolation -w dist -r deploy/requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY proto ./proto
COPY materials ./materials
COPY service ./service
COPY clients/python ./clients/python
COPY deploy/licences.toml deploy/sbom.py ./deploy/
RUN /opt/build/bin/pip wheel --no-index --no-deps --no-build-isolation -w dist .
RUN python3 -m venv --without-pip /opt/boxwright && ls dist | sed 's/-/==/;s/-.*//' > installed.txt \
    && /opt/build/bin/pip --python /opt/boxwright/bin/python install --no-compile --no-index --no-deps \
    --find-links dist -r installed.txt && /opt/build/bin/pip --python /opt/boxwright/bin/python check
RUN /opt/boxwright/bin/python -m compileall -q /opt/boxwright/lib
# What is in the image, for whoever audits it: a bill of materials, valid by the schema of CycloneDX.
RUN /opt/build/bin/python deploy/sbom.py /opt/boxwright/bin/python /opt/boxwright/boxwright.cdx.json dist

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin boxwright
RUN install -d -o boxwright -g boxwright -m 700 /var/lib/boxwright
COPY --from=build /opt/boxwright /opt/boxwright
ENV PATH=/opt/boxwright/bin:$PATH PYTHONUNBUFFERED=1 \
    BOXWRIGHT_ADDRESS=0.0.0.0:50051 BOXWRIGHT_HTTP_ADDRESS=0.0.0.0:8080 \
    BOXWRIGHT_ADMIN_ADDRESS=0.0.0.0:9464 BOXWRIGHT_LOG_FORMAT=json
USER boxwright
EXPOSE 50051 8080 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-m", "boxwright.server.health"]
ENTRYPOINT ["boxwright"]
CMD ["serve"]
