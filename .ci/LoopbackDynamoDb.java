import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;

/** DynamoDB Local in memory on a free loopback port, which it prints; its own launcher listens on every interface. */
public class LoopbackDynamoDb {
  public static void main(String[] arguments) throws Exception {
    var engine = new LocalDynamoDBRequestHandler(0, true, null, true, false);
    var context = new ContextHandler("/");
    context.setHandler(new LocalDynamoDBServerHandler(engine, null));
    var server = new Server(new InetSocketAddress("127.0.0.1", 0));
    server.setHandler(context);
    server.start();
    System.out.println(((ServerConnector) server.getConnectors()[0]).getLocalPort());
    server.join();
  }
}
