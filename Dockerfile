# The till as a container. It takes the steps of `make run`; docs/install.md says how it is used.
FROM python:3.11-slim-bookworm

WORKDIR /till
RUN useradd --uid 1000 --no-create-home till && install -d -o till -g till -m 700 var

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

# The version is read from the changelog.
COPY app.py gunicorn.conf.py CHANGELOG.md ./
COPY pos pos
COPY templates templates
COPY static static
RUN python -c "import pos, gunicorn.workers.ggevent"

USER 1000
# Outside of the container nothing gets at it but what is published.
ENV POS_HOST=0.0.0.0 POS_PORT=5000 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# What the till keeps: its database and the key of its cookies.
VOLUME ["/till/var"]
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "from http.client import HTTPConnection; from os import environ; it = HTTPConnection('127.0.0.1', int(environ['POS_PORT']), timeout=4); it.request('GET', '/healthz'); raise SystemExit(it.getresponse().status != 200)"]
CMD ["gunicorn"]
