# Turnout with its embedded Postgres, or with DATABASE_URL and its sisters for a real server (README.md).
FROM python:3.13-slim AS build
WORKDIR /source
RUN pip install --no-cache-dir uv==0.13.9
COPY . .
# Everything in the versions of the lock; what is only for development stays out.
RUN uv venv /opt/turnout \
 && uv build --quiet --wheel --build-constraint requirements.lock --out-dir /wheel . \
 && uv pip install --quiet --python /opt/turnout --constraint requirements.lock /wheel/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/turnout --shell /usr/sbin/nologin turnout \
 && install -d -o turnout -g turnout -m 0700 /var/lib/turnout
COPY --from=build /opt/turnout /opt/turnout
ENV PATH=/opt/turnout/bin:$PATH PYTHONUNBUFFERED=1 TURNOUT_DATA=/var/lib/turnout
USER 10001
WORKDIR /var/lib/turnout
VOLUME /var/lib/turnout
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["turnout"]
CMD ["serve", "--host", "0.0.0.0"]
